using NoraPipelines.Checkpoints;
using NoraPipelines.Initialization;
using NoraPipelines.Methods;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Initialization;

/// <summary>
/// Against numbers of the paper's published code, run unchanged. It works on the transposed weight, so its lora_A is our Aᵀ; single
/// factors are compared by their sizes because signs are free, everything else by value.
/// </summary>
[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class NoraAwSvdGoldenTests
{
    private const string Folder = "nora-awsvd";

    public static TheoryData<string, double> Exponents => new() { { "e1", 1.0 }, { "e05", 0.5 } };

    [Theory]
    [MemberData(nameof(Exponents))]
    public void Scaling_scaled_weight_and_singular_values_agree(string key, double exponent)
    {
        using var scope = NewDisposeScope();
        using var files = new Files();
        var s = ChannelScaling.Of(files.MeanAbs, exponent, "golden");
        Assert.Equal(0, s.Floored);
        files.Agrees($"{key}.S_diag", s.Values.to(float32), 1e-5, 1e-5);
        var scaled = files.Weight * s.Values.to(float32);
        files.Agrees($"{key}.W_prime", scaled, 1e-5, 1e-5);
        files.Agrees($"{key}.singular_values", TruncatedSvd.Of(scaled, 32, SvdOptions.Exact).Sigma, 1e-5, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Exponents))]
    public void Reconstruction_and_what_it_misses_agree_at_every_rank(string key, double exponent)
    {
        using var scope = NewDisposeScope();
        using var files = new Files();
        foreach (var rank in new[] { 4, 8, 16 })
        {
            var factors = Factor(files, exponent, rank, SigmaSide.B);
            files.Agrees($"{key}.delta_W_r{rank}", factors.B.matmul(factors.A) - files.Weight, 2e-5, 1e-4);
        }
        var eight = Factor(files, exponent, 8, SigmaSide.B);
        files.Agrees($"{key}.reconstruction_r8", eight.B.matmul(eight.A), 2e-5, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Exponents))]
    public void Output_errors_agree_and_fall_from_random_over_svd_to_awsvd(string key, double exponent)
    {
        using var scope = NewDisposeScope();
        using var files = new Files();
        var whole = files.Inputs.matmul(files.Weight.t()).norm().item<float>();
        foreach (var rank in new[] { 4, 8, 16 })
        {
            var expected = files.Output($"{key}.error_r{rank}.awsvd_svd").data<float>().ToArray();
            var aware = whole * OutputError.Relative(files.Inputs, files.Weight, Factor(files, exponent, rank, SigmaSide.B));
            var svd = AwSvd.Factor(files.Weight, null, rank, SigmaSide.B, SvdOptions.Exact);
            var plain = whole * OutputError.Relative(files.Inputs, files.Weight, svd);
            Assert.Equal(expected[0], aware, expected[0] * 1e-4);
            Assert.Equal(expected[1], plain, expected[1] * 1e-4);
            // The reference draws three Kaiming factors, which all but vanish; our random pair has the norm of W.
            var random = whole * OutputError.Relative(files.Inputs, files.Weight, RandomFactors.Outer(files.Weight, rank, 1));
            Assert.True(aware < plain && plain < random, $"rank {rank}: awsvd {aware}, svd {plain}, random {random}");
            var published = files.Output($"{key}.error_r{rank}.random"); // [5], one of a seed
            Assert.True(plain < published.min().item<float>());
            Assert.Equal(1.0, published.mean().item<float>() / whole, 0.05);
        }
    }

    [Theory]
    [MemberData(nameof(Exponents))]
    public void Factors_agree_for_every_place_of_sigma(string key, double exponent)
    {
        using var scope = NewDisposeScope();
        using var files = new Files();
        // The reference factors Wᵀ, so U there belongs to the inputs: its init 2 puts Σ on the input side, 3 on the output side.
        foreach (var (init, side) in new[] { (2, SigmaSide.A), (3, SigmaSide.B), (4, SigmaSide.Split) })
        {
            var factors = Factor(files, exponent, 8, side);
            files.Agrees($"{key}.NoRA_A.init{init}.AB_out_in", factors.B.matmul(factors.A), 2e-5, 1e-4);
            files.Agrees($"{key}.NoRA_A.init{init}.lora_A", factors.A.abs(), 1e-4, 1e-3, value => value.t().abs());
            files.Agrees($"{key}.NoRA_A.init{init}.lora_B", factors.B.abs(), 1e-4, 1e-3, value => value.t().abs());
        }
    }

    [Fact]
    public void Covariance_lies_below_awsvd_on_the_same_tokens()
    {
        using var scope = NewDisposeScope();
        using var files = new Files();
        var x = files.Inputs.to(float64);
        var secondMoment = x.t().matmul(x) / x.shape[0];
        foreach (var rank in new[] { 4, 8, 16 })
        {
            var best = AwSvd.FactorByCovariance(files.Weight, secondMoment, rank, SigmaSide.B, SvdOptions.Exact);
            var covariance = OutputError.Relative(files.Inputs, files.Weight, best);
            var aware = OutputError.Relative(files.Inputs, files.Weight, Factor(files, 0.5, rank, SigmaSide.B));
            Assert.True(covariance < aware, $"rank {rank}: covariance {covariance}, awsvd {aware}");
        }
    }

    private static OuterFactors Factor(Files files, double exponent, int rank, SigmaSide side) =>
        AwSvd.Factor(files.Weight, ChannelScaling.Of(files.MeanAbs, exponent, "golden").Values, rank, side, SvdOptions.Exact);

    private sealed class Files : IDisposable
    {
        private readonly SafetensorsFile _outputs = SafetensorsFile.Open(GoldenFile.Path($"{Folder}/outputs.safetensors"));

        public Files()
        {
            using var inputs = SafetensorsFile.Open(GoldenFile.Path($"{Folder}/inputs.safetensors"));
            Weight = inputs.ReadHere("weight");
            Inputs = inputs.ReadHere("X").reshape(-1, 32);
        }

        /// <summary>[48, 32].</summary>
        public Tensor Weight { get; }

        /// <summary>[40, 32].</summary>
        public Tensor Inputs { get; }

        public Tensor MeanAbs => Inputs.abs().mean([0], type: float64);

        public Tensor Output(string name) => _outputs.ReadHere(name);

        public void Agrees(string name, Tensor actual, double absolute, double relative, Func<Tensor, Tensor>? view = null) =>
            Near.Check(view is null ? Output(name) : view(Output(name)), actual, absolute, relative, name);

        public void Dispose() => _outputs.Dispose();
    }
}
