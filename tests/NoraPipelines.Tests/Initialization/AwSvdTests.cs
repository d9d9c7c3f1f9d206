using NoraPipelines.Initialization;
using NoraPipelines.Plans;
using static NoraPipelines.Tests.Initialization.TruncatedSvdTests;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Initialization;

public sealed class AwSvdTests
{
    private const int Rank = 6;

    [Fact]
    public void With_a_scaling_of_one_it_is_the_plain_svd()
    {
        using var scope = NewDisposeScope();
        var (_, weight) = Case();
        var plain = AwSvd.Factor(weight, null, Rank, SigmaSide.B, SvdOptions.Exact);
        var scaled = AwSvd.Factor(weight, ones(weight.shape[1], float64), Rank, SigmaSide.B, SvdOptions.Exact);
        Near(plain.B.matmul(plain.A), scaled.B.matmul(scaled.A), 1e-6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_side_of_sigma_does_not_change_the_product(bool covariance)
    {
        using var scope = NewDisposeScope();
        var (inputs, weight) = Case();
        Tensor Product(SigmaSide side)
        {
            var factors = covariance
                ? AwSvd.FactorByCovariance(weight, SecondMoment(inputs), Rank, side, SvdOptions.Exact)
                : AwSvd.Factor(weight, MeanAbs(inputs), Rank, side, SvdOptions.Exact);
            Assert.Equal([40L, Rank], factors.B.shape);
            Assert.Equal([Rank, 24L], factors.A.shape);
            return factors.B.matmul(factors.A);
        }
        Near(Product(SigmaSide.B), Product(SigmaSide.A), 1e-5);
        Near(Product(SigmaSide.B), Product(SigmaSide.Split), 1e-5);
    }

    [Fact]
    public void Sigma_stands_on_the_side_that_was_asked_for()
    {
        using var scope = NewDisposeScope();
        var (_, weight) = Case();
        OuterFactors Of(SigmaSide side) => AwSvd.Factor(weight, null, Rank, side, SvdOptions.Exact);
        var sigma = TruncatedSvd.Of(weight, Rank, SvdOptions.Exact).Sigma;
        Near(sigma, Of(SigmaSide.B).B.norm(0), 1e-5);
        Near(ones(Rank), Of(SigmaSide.B).A.norm(1), 1e-5);
        Near(sigma, Of(SigmaSide.A).A.norm(1), 1e-5);
        Near(ones(Rank), Of(SigmaSide.A).B.norm(0), 1e-5);
        Near(sigma.sqrt(), Of(SigmaSide.Split).A.norm(1), 1e-5);
        Near(sigma.sqrt(), Of(SigmaSide.Split).B.norm(0), 1e-5);
    }

    [Fact]
    public void On_the_calibration_tokens_no_pair_beats_covariance_and_scaling_beats_none()
    {
        using var scope = NewDisposeScope();
        var (inputs, weight) = Case();
        var svd = AwSvd.Factor(weight, null, Rank, SigmaSide.B, SvdOptions.Exact);
        var awsvd = AwSvd.Factor(weight, ChannelScaling.Of(MeanAbs(inputs), 0.5, "q").Values, Rank, SigmaSide.B, SvdOptions.Exact);
        var covariance = AwSvd.FactorByCovariance(weight, SecondMoment(inputs), Rank, SigmaSide.B, SvdOptions.Exact);
        var (plain, aware, best) = (Error(svd), Error(awsvd), Error(covariance));
        Assert.True(best < aware, $"covariance {best}, awsvd {aware}");
        Assert.True(aware < plain, $"awsvd {aware}, svd {plain}");

        // Eckart–Young on X·Wᵀ itself: what is left after its own leading triples, which damping may miss by a little.
        var outputs = inputs.matmul(weight.t());
        var values = linalg.svdvals(outputs).to(float64).square();
        var least = Math.Sqrt(values.narrow(0, Rank, values.shape[0] - Rank).sum().item<double>() / values.sum().item<double>());
        Assert.InRange(best, least * (1 - 1e-5), least * 1.01);

        double Error(OuterFactors factors) => OutputError.Relative(inputs, weight, factors);
    }

    [Fact]
    public void At_full_rank_the_pair_is_the_weight_itself()
    {
        using var scope = NewDisposeScope();
        var (inputs, weight) = Case();
        var factors = AwSvd.Factor(weight, ChannelScaling.Of(MeanAbs(inputs), 1.0, "q").Values, 24, SigmaSide.B, SvdOptions.Exact);
        Near(weight, factors.B.matmul(factors.A), 2e-5);
        Assert.InRange(OutputError.Relative(inputs, weight, factors), 0.0, 1e-5);
    }

    [Fact]
    public void A_channel_that_never_fires_is_floored_and_the_factors_stay_finite()
    {
        using var scope = NewDisposeScope();
        var (inputs, weight) = Case();
        inputs.select(1, 7).zero_();
        var scaling = ChannelScaling.Of(MeanAbs(inputs), 0.5, "q");
        Assert.Equal(1, scaling.Floored);
        Assert.True(scaling.Values.min().item<double>() > 0);
        var factors = AwSvd.Factor(weight, scaling.Values, Rank, SigmaSide.B, SvdOptions.Exact);
        Assert.True(factors.A.isfinite().all().item<bool>());
        var best = AwSvd.FactorByCovariance(weight, SecondMoment(inputs), Rank, SigmaSide.B, SvdOptions.Exact);
        Assert.True(best.A.isfinite().all().item<bool>());
    }

    [Fact]
    public void Fewer_tokens_than_channels_still_have_a_covariance_pair()
    {
        using var scope = NewDisposeScope();
        var (inputs, weight) = Case();
        var few = inputs.narrow(0, 0, 5);
        var factors = AwSvd.FactorByCovariance(weight, SecondMoment(few), Rank, SigmaSide.B, SvdOptions.Exact);
        Assert.InRange(OutputError.Relative(few, weight, factors), 0.0, 0.05);
    }

    [Fact]
    public void Randomized_factors_have_the_error_of_exact_ones()
    {
        using var scope = NewDisposeScope();
        var weight = WithSpectrum(256, 192, index => Math.Pow(0.97, index));
        var inputs = randn(300, 192) * (randn(192).exp() + 0.1);
        var scaling = ChannelScaling.Of(MeanAbs(inputs), 0.5, "q").Values;
        var exact = OutputError.Relative(inputs, weight, AwSvd.Factor(weight, scaling, 16, SigmaSide.B, SvdOptions.Exact));
        var randomized = OutputError.Relative(inputs, weight, AwSvd.Factor(weight, scaling, 16, SigmaSide.B, new SvdOptions(Seed: 9)));
        Assert.Equal(exact, randomized, exact * 1e-3);
    }

    /// <summary>Inputs [tokens, in] with a few loud channels, and a weight [out, in].</summary>
    private static (Tensor Inputs, Tensor Weight) Case()
    {
        manual_seed(21);
        var inputs = randn(300, 24) * (randn(24) * 1.2).exp();
        return (inputs, randn(40, 24) / 5);
    }

    private static Tensor MeanAbs(Tensor inputs) => inputs.abs().mean([0], type: float64);

    private static Tensor SecondMoment(Tensor inputs) => inputs.to(float64).t().matmul(inputs.to(float64)) / inputs.shape[0];
}
