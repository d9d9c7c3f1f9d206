using NoraPipelines.Initialization;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Initialization;

public sealed class InputStatisticsTests
{
    [Fact]
    public void Sums_are_those_of_all_tokens_whatever_the_batches()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var x = randn(2500, 6);
        using var statistics = new InputStatistics("q", 6, covariance: true, CPU);
        foreach (var (start, length) in new[] { (0, 1), (1, 1499), (1500, 1000) }) statistics.Add(x.narrow(0, start, length));
        var x64 = x.to(float64);
        Assert.Equal(2500, statistics.Tokens);
        Models.Near.Check(x64.abs().mean([0]), statistics.MeanAbs, 1e-12, 0, "mean |x|");
        Models.Near.Check(x64.square().mean([0]).sqrt(), statistics.Rms, 1e-12, 0, "rms");
        Models.Near.Check(x64.t().matmul(x64) / 2500, statistics.SecondMoment, 1e-12, 0, "second moment");
    }

    [Fact]
    public void A_quiet_million_is_not_lost_beside_one_loud_token()
    {
        // In float32, 2²⁴ + 1 = 2²⁴: every token after the loud one would vanish from the sum.
        using var scope = NewDisposeScope();
        using var statistics = new InputStatistics("q", 1, covariance: true, CPU);
        statistics.Add(full([1, 1], 16777216f));
        for (var piece = 0; piece < 16; piece++) statistics.Add(ones(65536, 1));
        const double tokens = 1048577.0;
        Assert.Equal((16777216.0 + 1048576.0) / tokens, statistics.MeanAbs.item<double>(), 1e-9);
        Assert.Equal((Math.Pow(2, 48) + 1048576.0) / tokens, statistics.SecondMoment.item<double>(), 1e-3);
    }

    [Fact]
    public void Squares_that_float32_cannot_hold_are_still_finite()
    {
        using var scope = NewDisposeScope();
        using var statistics = new InputStatistics("q", 2, covariance: false, CPU);
        statistics.Add(tensor(new[,] { { 1e30f, 1e-30f }, { -1e30f, -1e-30f } }));
        Assert.Equal(1.0, statistics.Rms[0].item<double>() / 1e30, 1e-6);
        Assert.Equal(1.0, statistics.Rms[1].item<double>() / 1e-30, 1e-6);
        statistics.CheckFinite();
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void An_input_that_is_not_finite_is_refused_by_the_projections_name(float value)
    {
        using var scope = NewDisposeScope();
        using var statistics = new InputStatistics("model.layers.1.mlp.down_proj", 2, covariance: false, CPU);
        statistics.Add(tensor(new[,] { { 1f, value } }));
        Assert.StartsWith("model.layers.1.mlp.down_proj:", Assert.Throws<NoraException>(statistics.CheckFinite).Message);
    }

    [Fact]
    public void Held_out_tokens_are_kept_and_not_added()
    {
        using var scope = NewDisposeScope();
        using var statistics = new InputStatistics("q", 2, covariance: false, CPU);
        statistics.Add(ones(4, 2));
        statistics.Hold(full([3, 2], 100f));
        Assert.Equal(1.0, statistics.MeanAbs[0].item<double>());
        Assert.Equal([3L, 2L], statistics.HeldOut.shape);
        Assert.Throws<NoraException>(() => statistics.SecondMoment);
    }
}
