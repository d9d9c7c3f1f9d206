using NoraPipelines.Initialization;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Initialization;

public sealed class TruncatedSvdTests
{
    [Theory]
    [InlineData(200, 90)]
    [InlineData(90, 200)]
    [InlineData(120, 120)]
    public void Randomized_triples_agree_with_exact_ones_where_the_spectrum_falls(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        var matrix = WithSpectrum(rows, columns, index => Math.Pow(0.85, index));
        var exact = TruncatedSvd.Of(matrix, 12, SvdOptions.Exact);
        var randomized = TruncatedSvd.Of(matrix, 12, new SvdOptions(Seed: 5));
        Near(exact.Sigma, randomized.Sigma, 1e-5);
        Near(Product(exact), Product(randomized), 1e-4);
        Near(eye(12), randomized.U.t().matmul(randomized.U), 1e-5);
        Near(eye(12), randomized.Vt.matmul(randomized.Vt.t()), 1e-5);
    }

    [Fact]
    public void On_a_flat_spectrum_the_error_is_within_two_percent_of_the_best()
    {
        // A random matrix is the worst case: its singular values hardly fall.
        using var scope = NewDisposeScope();
        manual_seed(2);
        var matrix = randn(512, 384);
        var exact = Residual(matrix, TruncatedSvd.Of(matrix, 32, SvdOptions.Exact));
        var randomized = Residual(matrix, TruncatedSvd.Of(matrix, 32, new SvdOptions(Seed: 1)));
        Assert.InRange(randomized / exact, 1.0 - 1e-6, 1.02);
    }

    [Fact]
    public void Every_iteration_brings_the_error_nearer_to_the_best()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var matrix = randn(400, 300);
        var best = Residual(matrix, TruncatedSvd.Of(matrix, 16, SvdOptions.Exact));
        var last = double.PositiveInfinity;
        foreach (var iterations in new[] { 0, 1, 2, 4, 16 })
        {
            var residual = Residual(matrix, TruncatedSvd.Of(matrix, 16, new SvdOptions(Oversampling: 8, Iterations: iterations)));
            Assert.InRange(residual, best * (1 - 1e-6), last);
            last = residual;
        }
        Assert.InRange(last / best, 1.0 - 1e-6, 1.001);
    }

    [Fact]
    public void One_seed_gives_the_same_bits_and_another_does_not()
    {
        using var scope = NewDisposeScope();
        manual_seed(8);
        var matrix = randn(300, 200);
        Assert.Equal(Values(3), Values(3));
        Assert.NotEqual(Values(3), Values(4));

        float[] Values(long seed)
        {
            var options = new SvdOptions(Oversampling: 2, Iterations: 1, Seed: seed);
            return TruncatedSvd.Of(matrix, 4, options).U.data<float>().ToArray();
        }
    }

    [Fact]
    public void The_process_wide_random_state_is_neither_used_nor_moved()
    {
        using var scope = NewDisposeScope();
        var matrix = WithSpectrum(120, 100, index => 1.0 / (1 + index));
        manual_seed(1);
        var expected = randn(3).data<float>().ToArray();
        manual_seed(1);
        TruncatedSvd.Of(matrix, 4, new SvdOptions());
        Assert.Equal(expected, randn(3).data<float>().ToArray());
    }

    [Fact]
    public void Bfloat16_weights_are_factored_in_float32()
    {
        using var scope = NewDisposeScope();
        var matrix = WithSpectrum(60, 50, index => Math.Pow(0.5, index)).to(bfloat16);
        var svd = TruncatedSvd.Of(matrix, 20, SvdOptions.Exact);
        Assert.Equal(ScalarType.Float32, svd.U.dtype);
        Near(matrix.to(float32), Product(svd), 2e-2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(21)]
    public void A_rank_that_the_matrix_does_not_have_is_refused_with_the_bound(int rank)
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<NoraException>(() => TruncatedSvd.Of(ones(20, 30), rank, SvdOptions.Exact));
        Assert.Contains($"Rank {rank}", error.Message);
        Assert.Contains("1 to 20", error.Message);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_matrix_that_is_not_finite_is_refused(float value)
    {
        using var scope = NewDisposeScope();
        var matrix = ones(8, 8);
        matrix[3, 4] = value;
        foreach (var kind in Enum.GetValues<SvdKind>())
        {
            var error = Assert.Throws<NoraException>(() => TruncatedSvd.Of(matrix, 2, new SvdOptions(kind)));
            Assert.Contains("NaN or infinite", error.Message);
        }
    }

    [Fact]
    public void Only_the_factors_outlive_the_call()
    {
        using var scope = NewDisposeScope();
        var matrix = WithSpectrum(120, 100, index => 1.0 / (1 + index));
        var before = scope.DisposablesCount;
        TruncatedSvd.Of(matrix, 4, new SvdOptions());
        Assert.Equal(before + 3, scope.DisposablesCount);
    }

    internal static Tensor WithSpectrum(int rows, int columns, Func<int, double> sigma)
    {
        manual_seed(17);
        var rank = Math.Min(rows, columns);
        var u = linalg.qr(randn(rows, rank)).Q;
        var v = linalg.qr(randn(columns, rank)).Q;
        var s = tensor(Enumerable.Range(0, rank).Select(index => (float)sigma(index)).ToArray());
        return (u * s).matmul(v.t());
    }

    internal static void Near(Tensor expected, Tensor actual, double tolerance)
    {
        var difference = (expected.to(float64) - actual.to(float64)).abs().max().item<double>();
        Assert.True(difference <= tolerance, $"largest difference {difference:g3}, allowed {tolerance:g3}");
    }

    private static Tensor Product(TruncatedSvd svd) => (svd.U * svd.Sigma).matmul(svd.Vt);

    private static double Residual(Tensor matrix, TruncatedSvd svd) => (matrix - Product(svd)).to(float64).norm().item<double>();
}
