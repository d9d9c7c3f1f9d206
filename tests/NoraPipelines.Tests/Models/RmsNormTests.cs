using NoraPipelines.Models;
using NoraPipelines.Tests.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models;

public sealed class RmsNormTests
{
    [Theory]
    [InlineData(false, ScalarType.Float32, 1e-5)]
    [InlineData(true, ScalarType.Float32, 1e-5)]
    [InlineData(false, ScalarType.BFloat16, 0.02)]
    [InlineData(true, ScalarType.BFloat16, 0.02)]
    public void Its_own_backward_pass_gives_the_gradient_of_the_formula(bool addsOne, ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8, CPU);
        using var norm = Norm(addsOne, dtype, generator);
        var (x, outputGradient) = (randn([3, 5, 40], generator: generator).to(dtype), randn([3, 5, 40], generator: generator).to(dtype));

        var own = x.clone().requires_grad_();
        var found = norm.Forward(own, new ReturnedGradients());
        found.backward([outputGradient]);

        var wide = x.to(float64).requires_grad_();
        var gain = norm.Weight.to(float64) + (addsOne ? 1 : 0);
        var expected = wide * (wide.square().mean([-1L], keepdim: true) + 1e-5).rsqrt() * gain;
        expected.backward([outputGradient.to(float64)]);

        Near.Check(expected, found, tolerance, tolerance, "y");
        Assert.Equal(dtype, own.grad!.dtype);
        Near.Check(wide.grad!, own.grad!, tolerance, tolerance, "dx");
    }

    [Fact]
    public void Values_do_not_depend_on_whether_gradients_follow()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8, CPU);
        foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16])
        {
            using var norm = Norm(false, dtype, generator);
            var x = randn([4, 40], generator: generator).to(dtype);
            SameTensor.Check(norm.Forward(x, null), norm.Forward(x.clone().requires_grad_(), new ReturnedGradients()), $"{dtype}");
        }
    }

    [Fact]
    public void A_gain_that_trains_gets_its_gradient()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8, CPU);
        using var norm = Norm(false, ScalarType.Float32, generator);
        norm.Weight.requires_grad_();
        var x = randn([4, 40], generator: generator).requires_grad_();
        norm.Forward(x, new ReturnedGradients()).sum().backward();

        var normal = x * (x.square().mean([-1L], keepdim: true) + 1e-5).rsqrt();
        Near.Check(normal.sum([0L]), norm.Weight.grad!, 1e-5, 1e-5, "gain");
    }

    private static RmsNorm Norm(bool addsOne, ScalarType dtype, Generator generator) => RmsNorm.Of(
        TinyDecoder.Shape() with { NormAddsOne = addsOne, NormEpsilon = 1e-5 }, "norm", randn([40], generator: generator).to(dtype));
}
