using System.Text.Json;
using NoraPipelines.Chat;
using NoraPipelines.Data;
using NoraPipelines.Evaluation;
using NoraPipelines.Generation;
using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Data;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Evaluation;

/// <summary>What each task gives the model where it learnt conversations, a template of the spec's own, or bare text.</summary>
public sealed class PromptFrameTests : IDisposable
{
    private static readonly TextTokenizer Tokenizer = TinyTokenizer.Instance;

    private static readonly ChatFrame Chat = new(ChatTemplate.Of(
        "{{ bos_token }}{% for m in messages %}{{ '<' + m.role + '>' + m.content + '</s>' }}{% endfor %}{% if add_generation_prompt %}{{ '<assistant>' }}{% endif %}",
        "test", new Dictionary<string, string> { ["bos_token"] = "<s>" }));

    private static readonly CustomTemplate Custom = new("Q: {query}\nA:", " so: {response}");

    private readonly WrittenFiles _files = new();
    private readonly LlamaModel _model = TinyDecoder.Create(TinyDecoder.Shape() with { VocabularySize = Tokenizer.VocabularySize, MaxPositions = 256 });

    public void Dispose()
    {
        _model.Dispose();
        _files.Dispose();
    }

    private string Log => Path.Combine(_files.Folder, "predictions.jsonl");

    [Fact]
    public void Gsm8k_and_math_ask_as_the_model_learnt_and_their_names_say_so()
    {
        Example[] gsm = [new("How many?", "It is so.\n#### 4")];
        Example[] math = [new("What is $x$?", "It is $\\boxed{4}$.")];

        Assert.Equal("gsm8k-chat-v1", new Gsm8k().Evaluate(_model, Tokenizer, Chat, gsm, 1, 4, Log).Protocol);
        Assert.Equal(("<s><user>How many?</s><assistant>", "4"), Asked());
        Assert.Equal("math-chat-v1", new CompetitionMath().Evaluate(_model, Tokenizer, Chat, math, 1, 4, Log).Protocol);
        Assert.Equal(("<s><user>What is $x$?</s><assistant>", "4"), Asked());
        Assert.Equal("gsm8k-plain-v1", new Gsm8k().Evaluate(_model, Tokenizer, Template.Plain, gsm, 1, 4, Log).Protocol);
        Assert.Equal(("How many?", "4"), Asked());
        Assert.Equal("gsm8k-metamath-v1", new Gsm8k().Evaluate(_model, Tokenizer, EvaluationFrame.Metamath, gsm, 1, 4, Log).Protocol);
        Assert.EndsWith("### Response: Let's think step by step.", Asked().Prompt);

        var read = ExampleReader.ReadItems(_files.Write("gsm.jsonl", """{"question":"How many?","answer":"#### 4"}"""), Custom, TaskProtocols.Of("gsm8k").Columns);
        Assert.Equal("gsm8k-custom-v1 (2 beams)", new Gsm8k().Evaluate(_model, Tokenizer, Custom, read, 1, 4, Log, decoding: Decoding.BeamSearch(2)).Protocol);
        Assert.Equal(("Q: How many?\nA:", "4"), Asked());
    }

    [Fact]
    public void A_conversation_is_asked_up_to_the_assistant_s_last_message()
    {
        Example[] rows =
        [
            new("", "") { Messages = [new("system", "Be brief."), new("user", "a"), new("assistant", "b"), new("user", "c"), new("assistant", " d "), new("user", "e")] },
        ];
        new ExactMatch().Evaluate(_model, Tokenizer, Chat, rows, 1, 4, Log);
        Assert.Equal(("<s><system>Be brief.</s><user>a</s><assistant>b</s><user>c</s><assistant>", "d"), Asked());
        Assert.Contains("there is nothing to ask", Assert.Throws<DataException>(() => Chat.Prompt(new("", "") { Messages = [new("assistant", "b")] })).Message);
        Assert.Contains("this row is a text", Assert.Throws<DataException>(() => Chat.Prompt(new("", "text"))).Message);
    }

    [Fact]
    public void A_chat_s_prompt_has_the_tokens_that_its_template_writes_and_no_others()
    {
        var ids = ((IPromptFrame)Chat).Encode(Tokenizer, Chat.Prompt(new("hello", "")));
        Assert.Equal(Tokenizer.BeginId, ids[0]);
        Assert.NotEqual(Tokenizer.BeginId, ids[1]);
        Assert.DoesNotContain(Tokenizer.EndId!.Value, ids[^1..]);

        var expected = Tokenizer.Decode(TextGenerator.Greedy(_model, [ids], 5, Tokenizer.EndId, 0)[0]);
        Assert.Equal(1.0, new ExactMatch().Evaluate(_model, Tokenizer, Chat, [new("hello", expected)], 1, 5, Log)["exact_match"]);
    }

    [Fact]
    public void A_commonsense_set_is_asked_as_learnt_also_by_likelihood()
    {
        Example[] rows = [new("Is it? true/false", "true") { Input = "ctx" }];
        Commonsense.Boolq.Evaluate(_model, Tokenizer, Chat, rows, 1, 3, Log);
        Assert.Equal(("<s><user>Is it? true/false\n\nctx</s><assistant>", "true"), Asked());
        Commonsense.Boolq.Likelihood(_model, Tokenizer, Chat, rows, 1, Log);
        Assert.Equal(("<s><user>Is it? true/false\n\nctx</s><assistant>the correct answer is ", "true"), Asked());

        var read = ExampleReader.ReadItems(
            _files.Write("boolq.json", """[{"instruction":"Is it? true/false","input":"","output":"the correct answer is true","answer":"true"}]"""), Custom, Commonsense.Boolq.Protocol.Columns);
        Commonsense.Boolq.Evaluate(_model, Tokenizer, Custom, read, 1, 3, Log);
        Assert.Equal(("Q: Is it? true/false\nA:", "true"), Asked());
        Commonsense.Boolq.Likelihood(_model, Tokenizer, Custom, read, 1, Log);
        Assert.Equal(("Q: Is it? true/false\nA: so: the correct answer is ", "true"), Asked());
    }

    [Fact]
    public void A_commonsense_set_is_asked_as_the_reference_s_evaluation_asks_to_the_character()
    {
        const string bare = "Below is an instruction that describes a task. Write a response that appropriately completes the request. \n\n"
            + "                ### Instruction:\n                Is it? true/false\n\n                ### Response:\n                ";
        const string withInput = "Below is an instruction that describes a task, paired with an input that provides further context. "
            + "Write a response that appropriately completes the request.\n\n                ### Instruction:\n                Is it? true/false\n\n"
            + "                ### Input:\n                ctx\n\n                ### Response:\n                ";
        using var model = TinyDecoder.Create(TinyDecoder.Shape() with { VocabularySize = Tokenizer.VocabularySize, MaxPositions = 512 });
        Example row = new("Is it? true/false", "true");

        Commonsense.Boolq.Evaluate(model, Tokenizer, EvaluationFrame.Commonsense, [row], 1, 3, Log);
        Assert.Equal((bare, "true"), Asked());
        Commonsense.Boolq.Evaluate(model, Tokenizer, EvaluationFrame.Commonsense, [row with { Input = "ctx" }], 1, 3, Log);
        Assert.Equal((withInput, "true"), Asked());
        Commonsense.Boolq.Likelihood(model, Tokenizer, EvaluationFrame.Commonsense, [row], 1, Log);
        Assert.Equal((bare + "the correct answer is ", "true"), Asked());
    }

    [Fact]
    public void Columns_of_a_template_are_the_task_s_or_the_row_s_own()
    {
        var path = _files.Write("rows.jsonl", """{"query":"q","topic":"t","response":"r","gold":"g","input":"i"}""");

        Assert.Equal([new Example("Q: q\nA:", " so: r")], Items(Custom, new ColumnMap()));
        Assert.Equal([new Example("Q: t\nA:", "g")], Items(Custom, new ColumnMap { Prompt = "topic", Response = "gold" }));
        Assert.Equal([new Example("t: q =", "g")], Items(new CustomTemplate("{topic}: {query} =", "{response}"), new ColumnMap { Prompt = "question", Response = "gold" }));
        Assert.Equal([new Example("q i", "r")], Items(new CustomTemplate("{query} {input}", "{response}"), new ColumnMap { Input = "input", Response = "response" }));
        Assert.Contains("rows.jsonl:1: the row has an input (column `input`), for which the template's prompt has no place",
            Assert.Throws<DataException>(() => Items(Custom, new ColumnMap { Input = "input", Response = "response" })).Message);
        Assert.Contains("rows.jsonl:1: there is no column `question`",
            Assert.Throws<DataException>(() => Items(Custom, TaskProtocols.Of("gsm8k").Columns)).Message);

        IEnumerable<Example> Items(CustomTemplate template, ColumnMap columns) =>
            ExampleReader.ReadItems(path, template, columns).Select(item => item with { Unread = [] });
    }

    private (string Prompt, string Gold) Asked()
    {
        var line = JsonDocument.Parse(Assert.Single(File.ReadAllLines(Log))).RootElement;
        return (line.GetProperty("prompt").GetString()!, line.GetProperty("gold").GetString()!);
    }
}
