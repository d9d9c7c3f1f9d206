using NoraPipelines.Kernels;
using NoraPipelines.Models;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tests.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Kernels;

/// <summary>Each kernel against the composition of libtorch's operators: widths with and without a rest, sizes for one thread and for many.</summary>
public sealed class KernelTests
{
    public static TheoryData<ScalarType, int, int> Sizes => new()
    {
        { ScalarType.Float32, 3, 16 }, { ScalarType.Float32, 5, 37 }, { ScalarType.Float32, 301, 512 }, { ScalarType.BFloat16, 3, 16 },
        { ScalarType.BFloat16, 5, 37 }, { ScalarType.BFloat16, 301, 515 }, { ScalarType.Float32, 1, 1 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Norms_with_and_without_the_first_rounding(ScalarType dtype, int rows, int width)
    {
        using var scope = NewDisposeScope();
        var (x, outputGradient, gain) = (Normal(dtype, rows, width), Normal(dtype, rows, width), Normal(ScalarType.Float32, width));
        foreach (var roundsFirst in (bool[])[true, false])
        {
            var (y, inverse) = RmsNormKernel.Forward(x, gain, 1e-5, roundsFirst);
            var wide = x.to(float64).requires_grad_();
            var expected = wide * (wide.square().mean([-1L], keepdim: true) + 1e-5).rsqrt() * gain.to(float64);
            expected.backward([outputGradient.to(float64)]);
            Check(dtype, expected, y, "y");
            Check(dtype, wide.grad!, RmsNormKernel.Backward(x, inverse, gain, outputGradient), "dx");
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Gated_products(ScalarType dtype, int rows, int width)
    {
        using var scope = NewDisposeScope();
        var (gate, up, outputGradient) = (Normal(dtype, rows, width), Normal(dtype, rows, width), Normal(dtype, rows, width));
        var (wideGate, wideUp) = (gate.to(float64).requires_grad_(), up.to(float64).requires_grad_());
        var expected = nn.functional.silu(wideGate) * wideUp;
        expected.backward([outputGradient.to(float64)]);
        Check(dtype, expected, GatedSiluKernel.Forward(gate, up), "y");
        var (ofGate, ofUp) = GatedSiluKernel.Backward(gate, up, outputGradient);
        Check(dtype, wideGate.grad!, ofGate, "d gate");
        Check(dtype, wideUp.grad!, ofUp, "d up");
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Losses_and_their_gradients(ScalarType dtype, int rows, int width)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(9, CPU);
        var logits = (Normal(ScalarType.Float32, rows, width) * 5).to(dtype);
        var targets = randint(0, width, [rows], int64, generator: generator);
        var wide = logits.to(float64).requires_grad_();
        var expected = nn.functional.cross_entropy(wide, targets, reduction: nn.Reduction.None);
        expected.sum().backward();

        Near.Check(expected, SoftmaxLossKernel.Losses(logits.clone(), targets, overwrite: false), 2e-5, 2e-6, "losses");
        var untouched = logits.clone();
        _ = SoftmaxLossKernel.Losses(untouched, targets, overwrite: false);
        SameTensor.Check(logits, untouched, "logits that are only read");
        _ = SoftmaxLossKernel.Losses(logits, targets, overwrite: true);
        Check(dtype, wide.grad!, logits, "softmax - one-hot");
    }

    [Theory]
    [InlineData(ScalarType.Float32, 2, 5, 3, 32, false)]
    [InlineData(ScalarType.Float32, 3, 130, 4, 64, true)]
    [InlineData(ScalarType.BFloat16, 2, 130, 4, 96, false)]
    public void Turned_heads(ScalarType dtype, int rows, int tokens, int heads, int size, bool ownAngles)
    {
        using var scope = NewDisposeScope();
        var angles = Normal(ScalarType.Float32, ownAngles ? rows : 1, 1, tokens, size / 2);
        var (cosine, sine) = (cat([angles.cos(), angles.cos()], -1).to(dtype), cat([angles.sin().neg(), angles.sin()], -1).to(dtype));
        var (x, outputGradient) = (Normal(dtype, rows, tokens, heads, size), Normal(dtype, rows, heads, tokens, size));
        var plain = x.clone().requires_grad_();
        var expected = new RotaryAngles(cosine, sine).Apply(plain.transpose(1, 2));
        expected.backward([outputGradient]);

        Check(dtype, expected, RotaryKernel.Forward(x, cosine, sine), "y");
        Check(dtype, plain.grad!, RotaryKernel.Backward(outputGradient, cosine, sine), "dx");
        // As attention gives it: laid token by token.
        var laid = outputGradient.transpose(1, 2).contiguous().transpose(1, 2);
        Check(dtype, plain.grad!, RotaryKernel.Backward(laid, cosine, sine), "dx of another layout");
    }

    [Theory]
    [InlineData(ScalarType.Float32, 0, 5)]
    [InlineData(ScalarType.Float32, 40, 33)]
    [InlineData(ScalarType.BFloat16, 0, 64)]
    [InlineData(ScalarType.BFloat16, 64, 64)]
    public void Causal_softmax_and_its_gradient(ScalarType dtype, int start, int count)
    {
        using var scope = NewDisposeScope();
        var seen = start + count;
        var (scores, gradient) = (Normal(dtype, 6, 2, count, seen) * 3, Normal(dtype, 6, 2, count, seen));
        var wide = scores.to(float64).requires_grad_();
        var hidden = ones([count, seen], ScalarType.Bool).triu(start + 1);
        var expected = (wide * 0.125).masked_fill(hidden, double.NegativeInfinity).softmax(-1);
        expected.backward([gradient.to(float64)]);

        CausalSoftmaxKernel.Forward(scores, start, 0.125f);
        Check(dtype, expected, scores, "P");
        Assert.Equal(0f, scores.masked_select(hidden).abs().sum().to(float32).item<float>());
        CausalSoftmaxKernel.Backward(scores, gradient, start, 0.125f);
        Check(dtype, wide.grad!, gradient, "dS");
    }

    [Fact]
    public void What_is_not_a_number_stays_that()
    {
        using var scope = NewDisposeScope();
        foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16])
        {
            var bad = ones([2, 40], dtype);
            bad[0, 39] = double.NaN;
            Assert.True(RmsNormKernel.Forward(bad, ones(40), 1e-5, true).Y[0].isnan().all().item<bool>());
            Assert.False(RmsNormKernel.Forward(bad, ones(40), 1e-5, true).Y[1].isnan().any().item<bool>());
            Assert.True(GatedSiluKernel.Forward(bad, ones([2, 40], dtype))[0, 39].isnan().item<bool>());
            var losses = SoftmaxLossKernel.Losses(bad, zeros([2], int64), overwrite: true);
            Assert.Equal((true, false), (losses[0].isnan().item<bool>(), losses[1].isnan().item<bool>()));
        }
    }

    [Fact]
    public void The_gate_is_exact_to_float32_over_the_whole_range_of_its_exponential()
    {
        using var scope = NewDisposeScope();
        var x = linspace(-87, 0, 100_001, float32);
        var gate = GatedSiluKernel.Forward(x, ones_like(x)); // x / (1 + exp(-x))
        var wide = x.to(float64);
        Near.Check(wide / (1 + wide.neg().exp()), gate, 1e-38, 5e-7, "silu");
    }

    [Fact]
    public void A_target_outside_the_vocabulary_is_refused_and_nothing_is_written()
    {
        using var scope = NewDisposeScope();
        var logits = ones(2, 20);
        Assert.Contains("expected 0 to 19", Assert.Throws<ArgumentException>(
            () => SoftmaxLossKernel.Losses(logits, tensor(new long[] { 3, 20 }), overwrite: true)).Message);
        Assert.Throws<ArgumentException>(() => SoftmaxLossKernel.Losses(logits, tensor(new long[] { -1, 3 }), overwrite: true));
        SameTensor.Check(ones(2, 20), logits, "logits");
    }

    [Fact]
    public void What_does_not_fit_together_is_refused_before_memory_is_touched()
    {
        using var scope = NewDisposeScope();
        var (x, half) = (ones(4, 32), ones([4, 32], ScalarType.BFloat16));
        Action[] wrong =
        [
            () => RmsNormKernel.Forward(x, ones(31), 1e-5, true),
            () => RmsNormKernel.Forward(x, ones([32], ScalarType.BFloat16), 1e-5, true),
            () => RmsNormKernel.Backward(x, ones(3, 1), ones(32), x),
            () => RmsNormKernel.Backward(x, ones(4, 1), ones(32), half),
            () => GatedSiluKernel.Forward(x, half),
            () => GatedSiluKernel.Backward(x, x, ones(4, 31)),
            () => SoftmaxLossKernel.Losses(x, zeros([3], int64), overwrite: true),
            () => SoftmaxLossKernel.Losses(x.t(), zeros([32], int64), overwrite: true),
            () => CausalSoftmaxKernel.Forward(x, start: 27, 1),
            () => CausalSoftmaxKernel.Backward(half, x, start: 28, 1),
            () => RotaryKernel.Forward(ones(1, 4, 2, 32), ones(1, 1, 3, 32), ones(1, 1, 3, 32)),
            () => RotaryKernel.Forward(ones(1, 4, 2, 32), ones([1, 1, 4, 32], ScalarType.BFloat16), ones([1, 1, 4, 32], ScalarType.BFloat16)),
        ];
        Assert.All(wrong, call => Assert.StartsWith("Expected ", Assert.Throws<ArgumentException>(call).Message));
    }

    [Fact]
    public void Numbers_do_not_depend_on_the_number_of_threads()
    {
        using var scope = NewDisposeScope();
        var (x, gain) = (Normal(ScalarType.BFloat16, 997, 130), ones(130));
        var threads = get_num_threads();
        try
        {
            var results = new[] { 1, 2, 3 }.Select(count =>
            {
                set_num_threads(count);
                return RmsNormKernel.Forward(x, gain, 1e-5, true).Y;
            }).ToArray();
            foreach (var other in results[1..]) SameTensor.Check(results[0], other, "y");
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static Tensor Normal(ScalarType dtype, params long[] shape)
    {
        using var generator = new Generator((ulong)(shape.Sum() * 7 + shape.Length), CPU);
        return randn(shape, generator: generator).to(dtype);
    }

    private static void Check(ScalarType dtype, Tensor expected, Tensor found, string name)
    {
        Assert.Equal(dtype, found.dtype);
        Assert.True(found.is_contiguous());
        var tolerance = dtype == ScalarType.Float32 ? 2e-5 : 0.02;
        Near.Check(expected, found, tolerance, tolerance, name);
    }
}
