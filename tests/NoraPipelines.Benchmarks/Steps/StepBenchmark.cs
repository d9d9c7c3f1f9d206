using NoraPipelines.Benchmarks.Measuring;
using static TorchSharp.torch;

namespace NoraPipelines.Benchmarks.Steps;

/// <summary>
/// Times all methods on one model, interleaved: each round runs one step of each and one large product, so that a slow minute of the
/// machine slows all alike. Overhead and share of the rate are medians over rounds of that round's own ratios.
/// </summary>
internal static class StepBenchmark
{
    public static IReadOnlyList<StepRow> Time(StepShape shape, ScalarType dtype, Device device, IReadOnlyList<StepMethod> methods, int rounds,
        IReadOnlyList<StepMemory>? memory)
    {
        using var bench = new Bench(shape, dtype, device, methods);
        var (seconds, rates) = bench.Time(rounds);
        var floor = StepFlops.Of(shape, methods[0]);
        return [.. methods.Select(Row)];

        StepRow Row(StepMethod method, int index)
        {
            var flops = StepFlops.Of(shape, method);
            var overheads = seconds[index].Zip(seconds[0], (own, frozen) => own / frozen / (flops / floor));
            var shares = seconds[index].Zip(rates, (own, rate) => flops / own / rate);
            var median = Median.Of(seconds[index]);
            return new StepRow(
                shape.Name, Word(dtype), method.Name, median, flops, Median.Of(overheads), shape.AllTokens / median, Median.Of(shares),
                memory?[index].Peak, memory?[index].Activations);
        }
    }

    /// <summary>Within <see cref="ProcessMemory.FollowTensors"/>.</summary>
    public static IReadOnlyList<StepMemory> Measure(StepShape shape, ScalarType dtype, IReadOnlyList<StepMethod> methods)
    {
        using var bench = new Bench(shape, dtype, CPU, methods);
        return bench.Measure();
    }

    public static string Word(ScalarType dtype) => dtype == ScalarType.BFloat16 ? "bfloat16" : "float32";
}
