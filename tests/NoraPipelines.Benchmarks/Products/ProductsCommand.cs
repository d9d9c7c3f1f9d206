using System.CommandLine;
using System.Diagnostics;
using NoraPipelines.Benchmarks.Measuring;
using NoraPipelines.Benchmarks.Steps;
using static TorchSharp.torch;

namespace NoraPipelines.Benchmarks.Products;

/// <summary>`products`: the matrix products of a frozen step alone, each beside the rate of large ones: what no composition can be faster than.</summary>
internal static class ProductsCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var presets = new Option<string[]>("--preset") { DefaultValueFactory = _ => ["small", "large"], AllowMultipleArgumentsPerToken = true };
        var command = new Command("products", "The matrix products of a step, each beside the rate of large ones") { json, presets };
        command.SetAction(parsed =>
        {
            var table = new ResultTable<ProductRow>(parsed.GetValue(json));
            foreach (var shape in parsed.GetRequiredValue(presets).Select(StepShape.Named))
                foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16]) table.Add(Measure(shape, dtype));
            table.End();
            return 0;
        });
        return command;
    }

    private static IEnumerable<ProductRow> Measure(StepShape shape, ScalarType dtype)
    {
        using var noGradient = no_grad();
        using var rate = new MatrixRate(dtype, CPU);
        var projections = shape.Model.Projections.Select(p => (p.Name, p.Out, p.In, p.Layers))
            .Append(("head", shape.Model.VocabularySize, shape.Model.HiddenSize, 1));
        double forward = 0, backward = 0, ideal = 0;
        foreach (var (name, rows, columns, layers) in projections)
        {
            using var scope = NewDisposeScope();
            var tokens = shape.AllTokens;
            // As many weights as layers, so that none is still in the cache.
            var weights = Enumerable.Range(0, Math.Max(layers, 2)).Select(_ => rand(rows, columns).to(dtype)).ToArray();
            var (x, gradient) = (rand(tokens, columns).to(dtype), rand(tokens, rows).to(dtype));
            var (there, back, rates) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round < 9; round++)
            {
                rates.Add(rate.Measure());
                there.Add(Time(weights, weight => nn.functional.linear(x, weight)));
                back.Add(Time(weights, weight => gradient.mm(weight)));
            }
            var one = 2.0 * tokens * rows * columns;
            var best = Median.Of(rates);
            yield return new ProductRow(
                shape.Name, StepBenchmark.Word(dtype), name, rows, columns, one / Median.Of(there) / best, one / Median.Of(back) / best);
            forward += layers * Median.Of(there);
            backward += layers * Median.Of(back);
            ideal += layers * one / best;
        }
        yield return new ProductRow(shape.Name, StepBenchmark.Word(dtype), "all", 0, 0, ideal / forward, ideal / backward);
    }

    private static double Time(Tensor[] weights, Func<Tensor, Tensor> product)
    {
        var watch = Stopwatch.StartNew();
        foreach (var weight in weights) product(weight).Dispose();
        return watch.Elapsed.TotalSeconds / weights.Length;
    }
}

/// <param name="Forward">The rate of x·Wᵀ over that of large products.</param>
/// <param name="Backward">The rate of dy·W over that of large products.</param>
internal sealed record ProductRow(string Shape, string Dtype, string Name, int Out, int In, double Forward, double Backward);
