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
        bool recompute, IReadOnlyList<StepMemory>? memory)
    {
        // Of all methods together: one beside the frozen model has its own.
        var card = FollowedCard.Begin(device);
        using var bench = new Bench(shape, dtype, device, methods, recompute);
        var (seconds, rates) = bench.Time(rounds);
        var taken = card?.Peak()?.Bytes;
        var beside = methods[0] == StepMethod.Frozen;
        var floor = StepFlops.Of(shape, methods[0]);
        return [.. methods.Select(Row)];

        StepRow Row(StepMethod method, int index)
        {
            var flops = StepFlops.Of(shape, method);
            var overheads = seconds[index].Zip(seconds[0], (own, frozen) => own / frozen / (flops / floor));
            var shares = seconds[index].Zip(rates, (own, rate) => flops / own / rate);
            var median = Median.Of(seconds[index]);
            return new StepRow(
                shape.Name, Word(dtype), method.Name, median, flops, beside ? Median.Of(overheads) : null, shape.AllTokens / median, Median.Of(shares),
                memory?[index].Peak ?? (index == methods.Count - 1 ? taken : null), memory?[index].Activations);
        }
    }

    /// <summary>Within <see cref="ProcessMemory.FollowTensors"/>.</summary>
    public static IReadOnlyList<StepMemory> Measure(StepShape shape, ScalarType dtype, IReadOnlyList<StepMethod> methods, bool recompute)
    {
        using var bench = new Bench(shape, dtype, CPU, methods, recompute);
        return bench.Measure();
    }

    public static ScalarType Type(string word) => word == "bfloat16" ? ScalarType.BFloat16 : ScalarType.Float32;

    public static string Word(ScalarType dtype) => dtype == ScalarType.BFloat16 ? "bfloat16" : "float32";
}
