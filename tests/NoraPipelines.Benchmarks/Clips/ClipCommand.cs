using System.CommandLine;
using System.Diagnostics;
using NoraPipelines.Benchmarks.Measuring;
using NoraPipelines.Benchmarks.Steps;
using NoraPipelines.Data;
using NoraPipelines.Models.Clip;
using NoraPipelines.Plans;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Benchmarks.Clips;

/// <summary>`clip`: few-shot steps on ViT-B/16's shape with random weights, and its text tower on prompts as they are and at full length.</summary>
internal static class ClipCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var rows = new Option<int>("--rows") { Description = "Pictures of a step", DefaultValueFactory = _ => 8 };
        var classes = new Option<int>("--classes") { Description = "Prompts of a step", DefaultValueFactory = _ => 37 };
        var tokens = new Option<int>("--tokens") { Description = "Tokens of a prompt", DefaultValueFactory = _ => 16 };
        var rounds = new Option<int>("--rounds") { Description = "Timed rounds", DefaultValueFactory = _ => 5 };
        var command = new Command("clip", "Few-shot steps on ViT-B/16, and its text tower on cut prompts") { json, rows, classes, tokens, rounds };
        command.SetAction(parsed =>
        {
            var table = new ResultTable<ClipRow>(parsed.GetValue(json));
            var shape = (ClipShape)ModelCatalog.Find("clip-vit-b-16")!;
            using var model = ClipModel.Random(shape, seed: 1, ScalarType.Float32, CPU);
            table.Add(Texts(model, parsed.GetValue(classes), parsed.GetValue(tokens), parsed.GetValue(rounds)));
            table.Add(Steps(model, parsed.GetValue(rows), parsed.GetValue(classes), parsed.GetValue(tokens), parsed.GetValue(rounds)));
            table.End();
            return 0;
        });
        return command;
    }

    private static ClipRow[] Texts(ClipModel model, int classes, int tokens, int rounds)
    {
        using var noGradient = no_grad();
        using var whole = Prompts(model.Shape, classes, model.Shape.Text.Positions);
        using var cut = Prompts(model.Shape, classes, tokens);
        var seconds = Rounds([() => Timed(model, whole), () => Timed(model, cut)], rounds);
        return [.. Rows([($"texts of {model.Shape.Text.Positions}", null), ($"texts of {tokens}", null)], seconds)];
    }

    private static double Timed(ClipModel model, PromptBatch prompts)
    {
        var watch = Stopwatch.StartNew();
        model.TextFeatures(prompts).Dispose();
        return watch.Elapsed.TotalSeconds;
    }

    private static ClipRow[] Steps(ClipModel model, int rows, int classes, int tokens, int rounds)
    {
        using var scope = NewDisposeScope();
        using var prompts = Prompts(model.Shape, classes, tokens);
        var pixels = randn(rows, 3, model.Shape.ImageSize, model.Shape.ImageSize);
        var labels = arange(rows, dtype: ScalarType.Int64) % classes;
        TrainingStep[] steps = [.. ClipMethods.All.Select(method =>
            new TrainingStep(model, () => FewShotLoss.Sum(model, pixels, labels, prompts) / rows, method))];
        var seconds = Rounds([.. steps.Select(step => (Func<double>)step.Run)], rounds);
        foreach (var step in steps) step.Dispose();
        return [.. Rows([.. ClipMethods.All.Select(method => (method.Name, (double?)ClipMethods.Flops(model.Shape, rows, classes, tokens, method)))], seconds)];
    }

    /// <summary>One after the other in every round, so that a slow minute of the machine slows all alike; the first round is not counted.</summary>
    private static double[][] Rounds(IReadOnlyList<Func<double>> parts, int rounds)
    {
        var seconds = parts.Select(_ => new double[rounds]).ToArray();
        for (var round = -1; round < rounds; round++)
        {
            for (var part = 0; part < parts.Count; part++)
            {
                var time = parts[part]();
                if (round >= 0) seconds[part][round] = time;
            }
        }
        return seconds;
    }

    private static IEnumerable<ClipRow> Rows((string Name, double? Flops)[] parts, double[][] seconds) => parts.Select((part, index) =>
    {
        var share = Median.Of(seconds[index].Zip(seconds[0], (own, first) => own / first));
        return new ClipRow(part.Name, Median.Of(seconds[index]), share, part.Flops, share / (part.Flops / parts[0].Flops));
    });

    private static PromptBatch Prompts(ClipShape shape, int classes, int tokens)
    {
        var random = new Random(1);
        return PromptBatch.Of([.. Enumerable.Range(0, classes).Select(_ => (int[])
            [shape.VocabularySize - 2, .. Enumerable.Range(0, tokens - 2).Select(_ => random.Next(shape.VocabularySize - 2)), shape.VocabularySize - 1])]);
    }
}

/// <param name="Seconds">Median.</param>
/// <param name="Share">Of the seconds of the first row of its kind: median of each round's own.</param>
/// <param name="Flops">Operations of a step's matrix products.</param>
/// <param name="Overhead">Share over the share of operations; 1 = an adapter costs what its operations cost.</param>
internal sealed record ClipRow(string Part, double Seconds, double Share, double? Flops, double? Overhead);
