using NoraPipelines.Chat;
using NoraPipelines.Data;
using NoraPipelines.Plans;

namespace NoraPipelines.Tests.Data;

public sealed class ChatDataTests : IDisposable
{
    private static readonly Dictionary<string, string> Tokens = new() { ["eos_token"] = "</s>" };
    private static readonly ChatTemplate Template = ChatTemplate.Of(
        "{% for m in messages %}{{ '[' + m.role + ']' + m.content }}{% if m.role == 'assistant' %}{{ eos_token + '\n' }}{% endif %}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '[assistant]' }}{% endif %}", "test", Tokens);

    private readonly WrittenFiles _files = new();

    [Fact]
    public void Labels_are_every_turn_of_the_assistant_with_its_end_and_nothing_else()
    {
        var tokenizer = TinyTokenizer.Instance;
        var example = new ChatEncoder(tokenizer, Template, 200, LossOn.Response).Encode(Talk("a", "hello", "b", "c"));
        var labelled = example.Ids.Where((_, place) => example.IsLabel(place)).ToArray();

        Assert.Equal("[user]a[assistant]hello\n[user]b[assistant]c\n", tokenizer.Decode(example.Ids));
        Assert.Equal("helloc", tokenizer.Decode(labelled));
        Assert.Equal(2, labelled.Count(id => id == tokenizer.EndId));
        Assert.Equal(labelled.Length, example.LabelledTokens);
        Assert.DoesNotContain(tokenizer.BeginId!.Value, example.Ids);
    }

    [Fact]
    public void A_template_without_end_markers_gets_the_end_token_and_it_is_learnt()
    {
        var tokenizer = TinyTokenizer.Instance;
        var plain = ChatTemplate.Of("{% for m in messages %}{{ m.role + ': ' + m.content + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}", "t", Tokens);
        var example = new ChatEncoder(tokenizer, plain, 200, LossOn.Response).Encode(Talk("a", "b"));

        Assert.Equal(tokenizer.EndId, example.Ids[^1]);
        Assert.True(example.IsLabel(example.Ids.Length - 1));
        Assert.Equal("b", tokenizer.Decode([.. example.Ids.Where((_, place) => example.IsLabel(place))]).Trim());
    }

    [Fact]
    public void A_last_turn_that_the_template_leaves_open_gets_the_marker_of_the_others()
    {
        var tokenizer = TinyTokenizer.Instance;
        var open = ChatTemplate.Of("{% for m in messages %}[{{ m.role }}]{{ m.content }}{% if add_generation_prompt or not loop.last %}<pad>{% endif %}{% endfor %}"
            + "{% if add_generation_prompt %}[assistant]{% endif %}", "t", Tokens);
        var example = new ChatEncoder(tokenizer, open, 200, LossOn.Response).Encode(Talk("a", "b", "c", "d"));

        Assert.Equal("[user]a<pad>[assistant]b<pad>[user]c<pad>[assistant]d<pad>", tokenizer.Decode(example.Ids, skipSpecialTokens: false));
        Assert.Equal("b<pad>d<pad>", tokenizer.Decode([.. example.Ids.Where((_, place) => example.IsLabel(place))], skipSpecialTokens: false));
    }

    [Fact]
    public void A_conversation_that_is_cut_keeps_the_labels_before_the_cut()
    {
        var encoder = new ChatEncoder(TinyTokenizer.Instance, Template, 20, LossOn.Response);
        var encoded = encoder.EncodeAll([Talk("a", "b", "c", "d"), Talk("a question that is much too long", "b")]);

        Assert.Equal((1, 1, 1), (encoded.Count, encoded.Cut, encoded.Dropped));
        Assert.Equal(2, encoded[0].LabelledTokens);
        Assert.Equal(20, encoded[0].Ids.Length);
    }

    [Fact]
    public void The_whole_conversation_can_be_learnt()
    {
        var example = new ChatEncoder(TinyTokenizer.Instance, Template, 200, LossOn.All).Encode(Talk("a", "b"));

        Assert.Equal(example.Ids.Length - 1, example.LabelledTokens);
    }

    [Fact]
    public void A_batch_has_the_labels_of_each_turn()
    {
        var example = new ChatEncoder(TinyTokenizer.Instance, Template, 200, LossOn.Response).Encode(Talk("a", "b", "c", "d"));
        using var batch = TextBatch.Of([example], 0);
        var labels = batch.Labels.data<long>().ToArray();

        Assert.Equal(example.Ids.Select((id, place) => example.IsLabel(place) ? id : TextBatch.Ignored), labels);
        Assert.Equal(4, batch.LabelledTokens);
    }

    [Fact]
    public void A_pair_is_a_conversation_of_two() =>
        Assert.Equal("[user]q\n\nx[assistant]r\n", TinyTokenizer.Instance.Decode(new ChatEncoder(TinyTokenizer.Instance, Template, 200, LossOn.Response)
            .Encode(new Example("q", "r") { Input = "x" }).Ids));

    [Theory]
    [InlineData("""{ "messages": [{ "role": "user", "content": "q" }, { "role": "assistant", "content": "r" }] }""")]
    [InlineData("""{ "messages": "[{ \"role\": \"user\", \"content\": \"q\" }, { \"role\": \"assistant\", \"content\": \"r\" }]" }""")]
    [InlineData("""{ "conversations": [{ "from": "human", "value": "q" }, { "from": "gpt", "value": "r" }] }""")]
    public void Conversations_are_read_in_all_of_their_forms(string line) =>
        Assert.Equal([new ChatMessage("user", "q"), new ChatMessage("assistant", "r")], ExampleReader.Read(_files.Write("a.jsonl", line), new ColumnMap())[0].Messages!);

    [Theory]
    [InlineData("""{ "messages": [] }""", "is no list of messages")]
    [InlineData("""{ "messages": "x" }""", "column `messages` is a text that is no JSON")]
    [InlineData("""{ "messages": "3" }""", "is no list of messages")]
    [InlineData("""{ "messages": [{ "role": "user", "content": "q" }] }""", "no message is the assistant's")]
    [InlineData("""{ "messages": [{ "role": "assistant", "content": null }] }""", "message 1: there is no text `content`")]
    [InlineData("""{ "messages": [{ "content": "x" }] }""", "message 1: there is no `role`")]
    public void A_conversation_that_is_none_is_refused_with_its_line(string line, string expected)
    {
        var message = Assert.Throws<DataException>(() => ExampleReader.Read(_files.Write("a.jsonl", line), new ColumnMap())).Message;

        Assert.Contains("a.jsonl:1: ", message);
        Assert.Contains(expected, message);
    }

    [Fact]
    public void A_template_of_the_spec_writes_columns_and_names_those_that_are_missing()
    {
        var path = _files.Write("a.csv", "topic,answer\nbees,42\n");

        Assert.Equal([new Example("About {bees}:", " 42")], ExampleReader.ReadWith(path, new CustomTemplate("About {{{topic}}}:", " {answer}")));
        Assert.Contains("there is no column `anser`; did you mean `answer`?", Assert.Throws<DataException>(() => ExampleReader.ReadWith(path, new CustomTemplate("", "{anser}"))).Message);
        Assert.Contains("'{ a}' is no {column}", Assert.Throws<DataException>(() => new CustomTemplate("{ a}", "{b}")).Message);
    }

    [Fact]
    public void The_commonsense_frame_is_indented_as_LLM_Adapters_indents_it()
    {
        var frame = NoraPipelines.Data.Template.Commonsense;
        const string M = "                ";
        var bare = new Example("Is it?", "true");
        var full = new Example("Is it?", "true") { Input = "ctx" };

        Assert.Equal("Below is an instruction that describes a task. Write a response that appropriately completes the request.  \n\n"
            + $"{M}### Instruction:\n{M}Is it?\n{M}\n{M}### Response:\n{M}", frame.TrainingPrompt(bare));
        Assert.Equal("Below is an instruction that describes a task, paired with an input that provides further context. Write a response that appropriately completes the request. \n\n"
            + $"{M}### Instruction:\n{M}Is it?\n{M}\n{M}### Input:\n{M}ctx\n{M}\n{M}### Response:\n{M}", frame.TrainingPrompt(full));
        Assert.Equal("Below is an instruction that describes a task. Write a response that appropriately completes the request. \n\n"
            + $"{M}### Instruction:\n{M}Is it?\n\n{M}### Response:\n{M}", frame.EvaluationPrompt(bare));
        Assert.Equal("Below is an instruction that describes a task, paired with an input that provides further context. Write a response that appropriately completes the request.\n\n"
            + $"{M}### Instruction:\n{M}Is it?\n\n{M}### Input:\n{M}ctx\n\n{M}### Response:\n{M}", frame.EvaluationPrompt(full));
    }

    public void Dispose() => _files.Dispose();

    private static Example Talk(params string[] turns) => new("", "")
    {
        Messages = [.. turns.Select((text, index) => new ChatMessage(index % 2 == 0 ? "user" : "assistant", text))],
    };
}
