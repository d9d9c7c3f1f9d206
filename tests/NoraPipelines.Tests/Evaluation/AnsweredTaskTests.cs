using NoraPipelines.Data;
using NoraPipelines.Evaluation;
using NoraPipelines.Generation;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Data;
using NoraPipelines.Tests.Models;

namespace NoraPipelines.Tests.Evaluation;

/// <summary>The row of a task in the plan and its class in the library belong together, and a task of one's own needs no row.</summary>
public sealed class AnsweredTaskTests
{
    public static TheoryData<string> Asked => [.. TaskProtocols.All.Where(task => task.IsAsked).Select(task => task.Name)];

    [Theory]
    [MemberData(nameof(Asked))]
    public void What_a_program_writes_is_the_task_of_that_row(string name)
    {
        var protocol = TaskProtocols.Of(name);
        var task = Made(protocol.Scorer);
        Assert.Same(protocol, task.Protocol);
        Assert.Equal(protocol.Decoding == DecodingKind.Beams ? Decoding.BeamSearch(4) : Decoding.Greedy, task.Decoding);
    }

    [Fact]
    public void A_task_of_ones_own_is_asked_judged_and_named()
    {
        using var model = TinyDecoder.Create(TinyDecoder.Shape() with { VocabularySize = TinyTokenizer.Instance.VocabularySize, MaxPositions = 256 });
        Example[] rows = [new("hello", "5"), new("world", "no number of letters is this large: 77")];
        using var files = new WrittenFiles();
        var path = Path.Combine(files.Folder, "predictions.jsonl");
        var seen = new List<EvaluationProgress>();
        var scores = new Letters().Evaluate(model, TinyTokenizer.Instance, Template.Plain, rows, batch: 2, predictionsPath: path, progress: seen.Add);
        var lines = File.ReadAllLines(path).Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement).ToArray();

        Assert.Equal("letters-plain-v1", scores.Protocol);
        Assert.Equal(["5", "77"], lines.Select(line => line.GetProperty("gold").GetString()));
        Assert.All(lines, line => Assert.Equal($"{line.GetProperty("output").GetString()!.Length}", line.GetProperty("extraction").GetString()));
        Assert.Equal(lines.Count(line => line.GetProperty("verdict").GetString() == "correct") / 2.0, scores["accuracy"]);
        Assert.Equal([new("letters", 2, 2)], seen);
        Assert.Contains("letters offers no options", Assert.Throws<NoraException>(
            () => new Letters().Likelihood(model, TinyTokenizer.Instance, Template.Plain, rows, 1)).Message);
    }

    /// <summary>The object of `new Gsm8k()` or `Commonsense.Boolq`.</summary>
    private static AnsweredTask Made(string expression)
    {
        var isNew = expression.StartsWith("new ", StringComparison.Ordinal);
        var (type, member) = isNew ? (expression["new ".Length..^"()".Length], "") : (expression.Split('.')[0], expression.Split('.')[1]);
        var found = typeof(AnsweredTask).Assembly.GetType($"NoraPipelines.Evaluation.{type}", throwOnError: true)!;
        return (AnsweredTask)(isNew ? Activator.CreateInstance(found)! : found.GetProperty(member)!.GetValue(null)!);
    }

    /// <summary>How many letters the model writes.</summary>
    private sealed class Letters() : AnsweredTask(new TaskProtocol { Name = "letters", Answer = AnswerKind.Text, MaxNewTokens = 5 })
    {
        protected override string Version(IPromptFrame frame, Decoding decoding) => $"letters-{frame.Name}-v1";

        protected override GoldAnswer Gold(string reference, int row) => new(AnswerExtraction.Last(reference)!.ToString()!);

        protected override FoundAnswer Judge(string output, string reference) => new($"{output.Length}");

        protected override Dictionary<string, double> Metrics(IReadOnlyList<Prediction> predictions) => new() { ["accuracy"] = Correct(predictions) };
    }
}
