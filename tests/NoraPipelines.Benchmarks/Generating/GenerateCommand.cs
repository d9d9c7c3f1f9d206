using System.CommandLine;
using System.Diagnostics;
using NoraPipelines.Benchmarks.Measuring;
using NoraPipelines.Benchmarks.Steps;
using NoraPipelines.Generation;
using NoraPipelines.Models.Llama;
using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Benchmarks.Generating;

/// <summary>`generate`: greedy tokens with the cache, beside the floor of reading the weights once a token.</summary>
internal static class GenerateCommand
{
    private const int Prompt = 32;
    private const int Rounds = 5;

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var presets = new Option<string[]>("--preset")
        {
            Description = "small, large, or a decoder of the catalogue",
            DefaultValueFactory = _ => ["small", "large"],
            AllowMultipleArgumentsPerToken = true,
        };
        var rows = new Option<int[]>("--rows") { Description = "Texts at once", DefaultValueFactory = _ => [1, 8], AllowMultipleArgumentsPerToken = true };
        var tokens = new Option<int>("--tokens") { Description = "New tokens of a text", DefaultValueFactory = _ => 32 };
        var dtypes = new Option<string[]>("--dtype") { DefaultValueFactory = _ => ["float32", "bfloat16"], AllowMultipleArgumentsPerToken = true };
        dtypes.AcceptOnlyFromAmong("float32", "bfloat16");
        var device = new Option<string>("--device") { DefaultValueFactory = _ => "cpu" };
        device.AcceptOnlyFromAmong("cpu", "cuda");
        var command = new Command("generate", "Generation with the cache beside one reading of the weights a token") { json, presets, dtypes, rows, tokens, device };
        command.SetAction(parsed =>
        {
            var table = new ResultTable<GenerateRow>(parsed.GetValue(json));
            foreach (var shape in parsed.GetRequiredValue(presets).Select(StepShape.Named))
            {
                foreach (var dtype in parsed.GetRequiredValue(dtypes).Select(StepBenchmark.Type))
                {
                    using var model = LlamaModel.Random(shape.Model, seed: 1, dtype, torch.device(parsed.GetRequiredValue(device)), drawThere: true);
                    foreach (var count in parsed.GetRequiredValue(rows))
                        table.Add([Measure(shape.Name, model, count, parsed.GetValue(tokens))]);
                }
            }
            table.End();
            return 0;
        });
        return command;
    }

    private static GenerateRow Measure(string shape, LlamaModel model, int rows, int tokens)
    {
        int[][] prompts = [.. Enumerable.Range(0, rows).Select(row => Enumerable.Range(0, Prompt).Select(i => (7 * i + row) % 500).ToArray())];
        var (seconds, readings) = (new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            readings.Add(Reading(model));
            var one = Seconds(model, prompts, 1); // the prompt's own pass
            var all = Seconds(model, prompts, 1 + tokens);
            if (round >= 0) seconds.Add((all - one) / tokens);
        }
        var perToken = Median.Of(seconds);
        return new GenerateRow(
            shape, StepBenchmark.Word(model.Dtype), rows, rows / perToken, rows / Median.Of(readings), Median.Of(readings) / perToken);
    }

    private static double Seconds(LlamaModel model, int[][] prompts, int tokens)
    {
        DeviceClock.Wait(model.Device);
        var watch = Stopwatch.StartNew();
        _ = TextGenerator.Greedy(model, prompts, tokens, endId: null, padId: 0);
        DeviceClock.Wait(model.Device);
        return watch.Elapsed.TotalSeconds;
    }

    /// <summary>Seconds of one product of every weight with a single row: each is read once, and nothing else is done.</summary>
    private static double Reading(LlamaModel model)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Tensor[] weights = [.. model.Projections.Select(projection => projection.Weight), model.Head];
        var inputs = weights.Select(weight => weight.shape[1]).Distinct().ToDictionary(width => width, width => ones([1, width], model.Dtype, model.Device));
        DeviceClock.Wait(model.Device);
        var watch = Stopwatch.StartNew();
        foreach (var weight in weights) using (nn.functional.linear(inputs[weight.shape[1]], weight)) { }
        DeviceClock.Wait(model.Device);
        return watch.Elapsed.TotalSeconds;
    }
}

/// <param name="TokensPerSecond">Of all rows together, without the pass over the prompt.</param>
/// <param name="FloorTokensPerSecond">If a step took one product of each weight with one row and nothing else.</param>
/// <param name="Share">A step's time at the floor over its own.</param>
internal sealed record GenerateRow(string Shape, string Dtype, int Rows, double TokensPerSecond, double FloorTokensPerSecond, double Share);
