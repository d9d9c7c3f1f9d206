using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models;

public sealed class GatedSiluTests
{
    [Theory]
    [InlineData(ScalarType.Float32, 1e-5)]
    [InlineData(ScalarType.BFloat16, 0.02)]
    public void Values_and_gradients_are_those_of_the_formula_within_rounding(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(6, CPU);
        Tensor Normal() => randn([2, 5, 33], generator: generator).to(dtype);
        var (gate, up, outputGradient) = (Normal(), Normal(), Normal());
        Tensor[] own = [gate.clone().requires_grad_(), up.clone().requires_grad_()];
        var found = GatedSilu.Run(own[0], own[1], new ReturnedGradients());
        found.backward([outputGradient]);
        Tensor[] wide = [gate.to(float64).requires_grad_(), up.to(float64).requires_grad_()];
        var expected = nn.functional.silu(wide[0]) * wide[1];
        expected.backward([outputGradient.to(float64)]);

        Near.Check(expected, found, tolerance, tolerance, "y");
        for (var i = 0; i < 2; i++) Near.Check(wide[i].grad!, own[i].grad!, tolerance, tolerance, i == 0 ? "gate" : "up");
    }
}
