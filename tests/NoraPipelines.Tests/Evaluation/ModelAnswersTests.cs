using System.Text.Json;
using NoraPipelines.Data;
using NoraPipelines.Evaluation;
using NoraPipelines.Generation;
using NoraPipelines.Models.Llama;
using NoraPipelines.Tests.Data;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Evaluation;

/// <summary>What ExactMatch and Gsm8k have in common, on a model of random weights whose answers are made the references.</summary>
public sealed class ModelAnswersTests : IDisposable
{
    private static readonly TextTokenizer Tokenizer = TinyTokenizer.Instance;

    private readonly WrittenFiles _files = new();
    private readonly LlamaModel _model =
        TinyDecoder.Create(TinyDecoder.Shape() with { VocabularySize = Tokenizer.VocabularySize, MaxPositions = 256 });

    public void Dispose()
    {
        _model.Dispose();
        _files.Dispose();
    }

    private string Answer(string prompt, int maxNewTokens = 6) =>
        Tokenizer.Decode(TextGenerator.Greedy(_model, [EncodedPrompt.Of(Tokenizer, prompt)], maxNewTokens, Tokenizer.EndId, 0)[0]);

    private Example[] Answered(int count) =>
    [
        .. from i in Enumerable.Range(0, count)
           let prompt = $"hello {i} world{new string('!', i)}"
           select new Example(prompt, $" {Answer(prompt)}\n"),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public void Exact_match_is_the_share_of_references_that_the_model_itself_would_write(int batch)
    {
        var examples = Answered(8);
        Assert.Equal(1.0, new ExactMatch().Evaluate(_model, Tokenizer, Template.Plain, examples, batch, 6, null)["exact_match"]);
        examples[2] = examples[2] with { Response = "hello" };
        examples[5] = examples[5] with { Response = "The answer is: 5" };
        var scores = new ExactMatch().Evaluate(_model, Tokenizer, Template.Plain, examples, batch, 6, null);
        Assert.Equal(0.75, scores["exact_match"]);
        Assert.Equal("exact-match-v1", scores.Protocol);
    }

    [Fact]
    public void Predictions_are_written_with_all_that_a_reader_needs_to_judge_them()
    {
        var examples = Answered(3);
        examples[1] = examples[1] with { Response = "The answer is: 1,000." };
        var path = Path.Combine(_files.Folder, "new", "predictions.jsonl");
        new ExactMatch().Evaluate(_model, Tokenizer, Template.Plain, examples, 2, 6, path);
        var lines = File.ReadAllLines(path).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(3, lines.Length);
        Assert.Equal([0, 1, 2], lines.Select(line => line.GetProperty("index").GetInt32()));
        Assert.Equal(["correct", "no answer", "correct"], lines.Select(line => line.GetProperty("verdict").GetString()));
        Assert.Equal("1000", lines[1].GetProperty("gold").GetString());
        Assert.Equal(JsonValueKind.Null, lines[1].GetProperty("extraction").ValueKind);
        Assert.Equal(Answer(examples[1].Prompt), lines[1].GetProperty("output").GetString());
        Assert.Equal(examples[1].Prompt, lines[1].GetProperty("prompt").GetString());
        Assert.Equal("exact-match-v1", lines[1].GetProperty("protocol").GetString());
    }

    [Fact]
    public void A_stopped_evaluation_keeps_what_it_had()
    {
        var path = Path.Combine(_files.Folder, "predictions.jsonl");
        using var stop = new CancellationTokenSource();
        var seen = new List<EvaluationProgress>();
        var examples = Answered(7);
        Assert.Throws<OperationCanceledException>(() => new ExactMatch().Evaluate(_model, Tokenizer, Template.Plain, examples, 3, 6, path, Report, stop: stop.Token));
        Assert.Equal([new("exact_match", 3, 7)], seen);
        Assert.Equal(3, File.ReadAllLines(path).Length);

        void Report(EvaluationProgress progress)
        {
            seen.Add(progress);
            stop.Cancel();
        }
    }

    [Fact]
    public void Gsm8k_asks_with_its_cue_and_reports_both_scores_under_its_name()
    {
        var examples = Enumerable.Range(0, 5).Select(i => new Example($"How many, {i}?", $"Some.\n#### {i}")).ToArray();
        var path = Path.Combine(_files.Folder, "predictions.jsonl");
        var scores = new Gsm8k().Evaluate(_model, Tokenizer, EvaluationFrame.Metamath, examples, 2, maxNewTokens: 10, path);
        Assert.Equal("gsm8k-metamath-v1", scores.Protocol);
        Assert.Equal(["exact_match", "flexible"], scores.Values.Keys.Order());
        var lines = File.ReadAllLines(path).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.All(lines, line => Assert.EndsWith("\n\n### Response: Let's think step by step.", line.GetProperty("prompt").GetString()));
        Assert.Equal(lines.Count(line => line.GetProperty("verdict").GetString() == "correct") / 5.0, scores["exact_match"]);
        Assert.All(lines, line => Assert.Equal(AnswerExtraction.Last(line.GetProperty("output").GetString()!)?.ToString(),
            line.TryGetProperty("flexible", out var flexible) ? flexible.GetString() : null));
    }

    [Fact]
    public void A_reference_without_a_gold_number_is_refused_by_its_item()
    {
        var message = Assert.Throws<DataException>(() => new Gsm8k().Evaluate(_model, Tokenizer, EvaluationFrame.Metamath, [new("a", "#### 1"), new("b", "one")], 2)).Message;
        Assert.Contains("item 2 has no \"#### \"", message);
        Assert.Contains("\"one\"", message);
    }

    [Fact]
    public void A_prompt_near_the_last_position_is_answered_as_far_as_the_model_goes()
    {
        var prompt = string.Concat(Enumerable.Repeat("!", 252)); // and the begin token: three positions are left
        Example[] examples = [new(prompt, Answer(prompt, 3)), .. Answered(2)];
        Assert.Equal(1.0, new ExactMatch().Evaluate(_model, Tokenizer, Template.Plain, examples, 8, 6, null)["exact_match"]);
        examples[1] = new Example(prompt + "!!!", "x");
        var message = Assert.Throws<NoraException>(() => new ExactMatch().Evaluate(_model, Tokenizer, Template.Plain, examples, 8, 6, null)).Message;
        Assert.Contains("the prompt of item 2 has 256 tokens, and the model has 256 positions", message);
    }

    [Theory]
    [InlineData("It is 4. The answer is: 4", "The answer is: 4.0", true)]
    [InlineData("The answer is: 4", "4", false)]
    [InlineData("The answer is: blue", "I think. The answer is: blue ", true)]
    [InlineData("The answer is: blue", "blue", false)]
    [InlineData(" blue\n", "blue", true)]
    [InlineData("blue", "Blue", false)]
    public void What_counts_as_a_match(string reference, string output, bool match)
    {
        var (gold, extraction) = ExactMatch.Compare(reference, output);
        Assert.Equal(match, gold == extraction);
    }
}
