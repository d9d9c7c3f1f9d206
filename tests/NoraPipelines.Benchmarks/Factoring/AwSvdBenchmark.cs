using System.Diagnostics;
using NoraPipelines.Benchmarks.Measuring;
using NoraPipelines.Initialization;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Benchmarks.Factoring;

internal static class AwSvdBenchmark
{
    private const int Inputs = 256;

    public static AwSvdRow Compare(int rows, int columns, int rank, Device device)
    {
        const int rounds = 5;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var weight = TrainedLike(rows, columns).to(device);
        var activity = randn(columns).mul_(0.8).exp_().to(device); // [in], log-normal, as activations are
        var inputs = randn(columns, Inputs).to(device) * activity.unsqueeze(1); // [in, inputs]
        var (_, exact) = Timed(SvdOptions.Exact);
        Timed(new SvdOptions()); // warm-up
        var quick = Enumerable.Range(0, rounds).Select(seed => Timed(new SvdOptions(Seed: seed))).ToArray();
        var seconds = Median.Of(quick.Select(run => run.Seconds.Time));
        return new AwSvdRow(
            rows, columns, rank, exact.Time, seconds, exact.Time / seconds, quick.Max(run => run.Seconds.Error) / exact.Error);

        (OuterFactors Factors, (double Time, double Error) Seconds) Timed(SvdOptions options)
        {
            DeviceClock.Wait(device);
            var watch = Stopwatch.StartNew();
            var factors = AwSvd.Factor(weight, activity, rank, SigmaSide.B, options);
            DeviceClock.Wait(device);
            var time = watch.Elapsed.TotalSeconds;
            var error = (weight.matmul(inputs) - factors.B.matmul(factors.A.matmul(inputs))).norm().item<float>();
            return (factors, (time, error));
        }
    }

    /// <summary>Every projection of a model, its weights drawn one at a time.</summary>
    public static ModelRow Model(string name, DecoderShape shape, int rank, Device device)
    {
        using var noGradient = no_grad();
        var (all, factoring, count) = (Stopwatch.StartNew(), new Stopwatch(), 0);
        foreach (var projection in shape.Projections)
        {
            using var outer = NewDisposeScope();
            var activity = randn(projection.In, device: device).mul_(0.8).exp_(); // [in]
            for (var layer = 0; layer < projection.Layers; layer++, count++)
            {
                using var scope = NewDisposeScope();
                var weight = randn(projection.Out, projection.In, dtype: ScalarType.Float32, device: device).mul_(0.02).to(ScalarType.BFloat16);
                DeviceClock.Wait(device);
                factoring.Start();
                _ = AwSvd.Factor(weight, activity, rank, SigmaSide.B, new SvdOptions(Seed: count));
                DeviceClock.Wait(device);
                factoring.Stop();
            }
        }
        return new ModelRow(name, rank, count, factoring.Elapsed.TotalSeconds, all.Elapsed.TotalSeconds);
    }

    /// <summary>[out, in] with singular values that fall as k^−½, as those of trained projections do: no gap behind any rank.</summary>
    private static Tensor TrainedLike(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7, CPU);
        var rank = Math.Min(rows, columns);
        var falling = arange(1, rank + 1, ScalarType.Float32).pow(-0.5); // [rank]
        var left = randn([rows, rank], ScalarType.Float32, CPU, generator: generator) * falling; // [out, rank]
        var right = randn([rank, columns], ScalarType.Float32, CPU, generator: generator); // [rank, in]
        return left.matmul(right).div_(Math.Sqrt(rank)).MoveToOuterDisposeScope();
    }
}
