using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Methods;

[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class NoraAdapterTests
{
    [Fact]
    public void Output_and_gradients_equal_the_written_out_formula()
    {
        using var small = new SmallProjection();
        using var set = new AdapterSet();
        var adapter = small.Nested(alpha: 6);
        set.Add(small.Projection, adapter);
        var x = small.X.requires_grad_(true);

        var output = small.Projection.Forward(x);
        output.square().sum().backward();

        Tensor Copy(Tensor value) => value.detach().to(float64).requires_grad_(true);
        var (a, b) = (Copy(adapter.InnerA), Copy(adapter.InnerB));
        var (outerA, outerB) = (adapter.OuterA.to(float64), adapter.OuterB.to(float64));
        var (weight, bias, input) = (small.Projection.Weight.to(float64), small.Projection.Bias!.to(float64), Copy(small.X));
        var change = outerB.mm(b).mm(a).mm(outerA) * 1.5; // alpha / r = 6 / 4
        var expected = input.matmul((weight + change).t()) + bias;
        expected.square().sum().backward();

        Near.Check(expected, output, 1e-4, 1e-5, "output");
        Near.Check(a.grad!, adapter.InnerA.grad!, 1e-3, 1e-5, "inner_a");
        Near.Check(b.grad!, adapter.InnerB.grad!, 1e-3, 1e-5, "inner_b");
        Near.Check(input.grad!, x.grad!, 1e-3, 1e-5, "x");
        Near.Check(change, adapter.Delta(), 1e-4, 1e-5, "delta");
    }

    [Fact]
    public void Frozen_factors_and_the_weight_have_no_gradient()
    {
        using var small = new SmallProjection();
        using var set = new AdapterSet();
        var adapter = small.Nested();
        set.Add(small.Projection, adapter);
        small.Projection.Forward(small.X).sum().backward();

        Tensor[] frozen = [small.Projection.Weight, small.Projection.Bias!, .. adapter.Frozen.Select(named => named.Value)];
        Assert.All(frozen, value => Assert.True(!value.requires_grad && value.grad is null));
        Assert.All(adapter.Trainable, named => Assert.NotNull(named.Value.grad));
    }

    [Fact]
    public void The_graph_keeps_no_input()
    {
        // Autograd refuses a backward pass through a tensor that it kept and that was changed since.
        using var small = new SmallProjection();
        using var nested = small.Nested();
        var output = nested.Forward(small.X, zeros(2, 3, SmallProjection.Out, device: TestDevice.Here));
        small.X.zero_();
        output.sum().backward();
        Assert.NotNull(nested.InnerA.grad);

        using var lowRank = small.LowRank();
        var kept = lowRank.Forward(small.X, zeros(2, 3, SmallProjection.Out, device: TestDevice.Here));
        small.X.zero_();
        Assert.ThrowsAny<Exception>(() => kept.sum().backward());
    }

    [Theory]
    [InlineData(ScalarType.Float32, 1e-5)]
    [InlineData(ScalarType.BFloat16, 0.03)]
    public void Merged_weight_gives_the_adapted_output(ScalarType dtype, double tolerance)
    {
        using var small = new SmallProjection(dtype);
        using var set = new AdapterSet();
        var adapter = small.Nested(alpha: 4);
        using var noGradient = no_grad();
        adapter.SetInner(b: adapter.InnerB * 0.2, a: adapter.InnerA * 0.2);
        set.Add(small.Projection, adapter);
        var adapted = small.Projection.Forward(small.X);
        var merged = (small.Projection.Weight.to(ScalarType.Float32) + adapter.Delta()).to(dtype);
        var expected = nn.functional.linear(small.X, merged, small.Projection.Bias);
        Assert.Equal(dtype, adapted.dtype);
        Near.Check(expected, adapted, tolerance * expected.abs().max().to(ScalarType.Float32).item<float>(), 0, "merged");
    }

    [Fact]
    public void Folded_factors_have_the_inner_rank_and_the_scale()
    {
        using var small = new SmallProjection(ScalarType.BFloat16);
        using var adapter = small.Nested(alpha: 6);
        using var factors = adapter.Fold();
        Assert.Equal(2, factors.Rank);
        Assert.Equal([2, SmallProjection.In], factors.A.shape);
        Assert.Equal([SmallProjection.Out, 2], factors.B.shape);
        Assert.True(factors.A.dtype == ScalarType.Float32 && factors.B.dtype == ScalarType.Float32);
        Assert.False(factors.A.requires_grad || factors.B.requires_grad);
        Near.Check(adapter.InnerA.mm(adapter.OuterA.to(ScalarType.Float32)), factors.A, 1e-6, 1e-6, "A");
        Near.Check(adapter.OuterB.to(ScalarType.Float32).mm(adapter.InnerB) * 1.5, factors.B, 1e-6, 1e-6, "B");
        Near.Check(factors.B.mm(factors.A), adapter.Delta(), 1e-5, 1e-6, "delta");
    }

    [Fact]
    public void In_bfloat16_outer_factors_are_bfloat16_and_what_trains_is_float32()
    {
        using var small = new SmallProjection(ScalarType.BFloat16);
        using var adapter = small.Nested();
        var output = adapter.Forward(small.X, zeros([2, 3, SmallProjection.Out], ScalarType.BFloat16, TestDevice.Here));
        output.sum().backward();
        Assert.Equal(ScalarType.BFloat16, output.dtype);
        Assert.All(adapter.Frozen, named => Assert.Equal(ScalarType.BFloat16, named.Value.dtype));
        Assert.All(adapter.Trainable, named => Assert.Equal(ScalarType.Float32, named.Value.dtype));
        Assert.All(adapter.Trainable, named => Assert.Equal(ScalarType.Float32, named.Value.grad!.dtype));
    }

    [Fact]
    public void Counts_are_those_of_the_plan()
    {
        using var small = new SmallProjection();
        using var adapter = small.Nested();
        var plan = new NoraPlan { OuterRank = 4, InnerRank = 2, Alpha = 4 };
        var shape = new ProjectionShape("q_proj", SmallProjection.Out, SmallProjection.In, OneLayer.Stack);
        Assert.Equal(plan.TrainablePerProjection(shape), adapter.Trainable.Sum(named => named.Value.numel()));
        Assert.Equal(plan.FrozenPerProjection(shape), adapter.Frozen.Sum(named => named.Value.numel()));
    }

    [Theory]
    [InlineData(0, 2, "0")]
    [InlineData(11, 2, "1 to 10")]
    [InlineData(4, 0, "at least 1")]
    public void Ranks_that_do_not_fit_are_refused(int outer, int inner, string words)
    {
        var error = Assert.Throws<NoraException>(
            () => new NoraAdapter(SmallProjection.Out, SmallProjection.In, outer, inner, 4, 0, ScalarType.Float32, CPU));
        Assert.Contains(words, error.Message);
    }

    [Fact]
    public void Factors_of_another_shape_are_refused_with_both_shapes()
    {
        using var small = new SmallProjection();
        using var adapter = small.Nested();
        var error = Assert.Throws<NoraException>(() => adapter.SetOuter(small.Draw(4, 12), small.Draw(4, 10)));
        Assert.Contains("[4, 12]", error.Message);
        Assert.Contains("[12, 4]", error.Message);
    }
}
