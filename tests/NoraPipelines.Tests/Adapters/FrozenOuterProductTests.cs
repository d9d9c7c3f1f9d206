using NoraPipelines.Adapters;
using NoraPipelines.Models;
using NoraPipelines.Tests.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Adapters;

public sealed class FrozenOuterProductTests
{
    [Theory]
    [InlineData(false, ScalarType.Float32, true, 1e-5)]
    [InlineData(true, ScalarType.Float32, true, 1e-5)]
    [InlineData(false, ScalarType.Float32, false, 1e-5)]
    [InlineData(false, ScalarType.BFloat16, true, 0.03)]
    [InlineData(true, ScalarType.BFloat16, true, 0.03)]
    public void Values_and_gradients_are_those_of_the_steps_one_by_one(bool core, ScalarType dtype, bool inputNeedsGradient, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        Tensor Normal(params long[] shape) => randn(shape, generator: generator).mul_(0.3);
        using var projection = new LinearProjection("layer.q_proj", 0, Normal(24, 20).to(dtype), Normal(24).to(dtype));
        using FrozenOuterAdapter adapter = core
            ? new LowRankCoreAdapter(24, 20, 8, alpha: 4, 0, dtype, CPU)
            : new NestedLowRankAdapter(24, 20, 8, 5, alpha: 4, 0, dtype, CPU);
        adapter.SetOuter(Normal(24, 8), Normal(8, 20));
        foreach (var (_, value) in adapter.Trainable) using (no_grad()) value.copy_(Normal(value.shape));
        projection.Adapter = adapter;
        var (x, outputGradient) = (Normal(3, 7, 20).to(dtype), Normal(3, 7, 24).to(dtype));

        (Tensor Y, Tensor? OfX, Tensor[] OfCore) Run(ReturnedGradients? returned)
        {
            var input = x.clone().requires_grad_(inputNeedsGradient);
            foreach (var (_, value) in adapter.Trainable) value.grad = null;
            var y = projection.Forward(input, returned);
            y.backward([outputGradient]);
            return (y, input.grad, [.. adapter.Trainable.Select(parameter => parameter.Value.grad!.clone())]);
        }
        var (expected, found) = (Run(null), Run(new ReturnedGradients()));
        Near.Check(expected.Y, found.Y, tolerance, tolerance, "y");
        if (inputNeedsGradient) Near.Check(expected.OfX!, found.OfX!, tolerance, tolerance, "dx");
        else Assert.Null(found.OfX);
        for (var i = 0; i < expected.OfCore.Length; i++)
        {
            Assert.Equal(ScalarType.Float32, found.OfCore[i].dtype);
            Near.Check(expected.OfCore[i], found.OfCore[i], tolerance, tolerance, adapter.Trainable[i].Name);
        }
    }

    [Fact]
    public void A_narrow_inner_pair_goes_step_by_step_and_dropout_too()
    {
        using var scope = NewDisposeScope();
        using var narrow = new NestedLowRankAdapter(24, 20, 8, 3, alpha: 8, 0, float32, CPU);
        Assert.Null(narrow.CoreMatrix(float32));
        using var wide = new NestedLowRankAdapter(24, 20, 8, 4, alpha: 8, 0.5, float32, CPU);
        Assert.Equal([8, 8], wide.CoreMatrix(float32)!.shape);

        using var projection = new LinearProjection("layer.q_proj", 0, zeros(24, 20)) { Adapter = wide };
        wide.SetOuter(ones(24, 8), ones(8, 20));
        wide.SetInner(ones(8, 4), ones(4, 8));
        wide.Training = true;
        var x = ones(64, 20).requires_grad_();
        Assert.True(projection.Forward(x, new ReturnedGradients()).std().item<float>() > 0); // rows differ by what was dropped
    }
}
