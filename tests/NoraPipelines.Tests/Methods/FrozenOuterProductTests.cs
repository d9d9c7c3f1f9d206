using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Tests.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Methods;

public sealed class FrozenOuterProductTests
{
    private readonly Generator _generator = new(3, CPU);

    /// <summary>Projections of one x by their adapters: n = NoRA, c = LoRA-XS, - = none.</summary>
    [Theory]
    [InlineData("n", ScalarType.Float32, true, 1e-5)]
    [InlineData("c", ScalarType.Float32, true, 1e-5)]
    [InlineData("n", ScalarType.Float32, false, 1e-5)]
    [InlineData("nnn", ScalarType.Float32, true, 1e-5)]
    [InlineData("ncn", ScalarType.Float32, false, 1e-5)]
    [InlineData("n-c", ScalarType.Float32, true, 1e-5)]
    [InlineData("-n", ScalarType.Float32, true, 1e-5)]
    [InlineData("n", ScalarType.BFloat16, true, 0.03)]
    [InlineData("c", ScalarType.BFloat16, true, 0.03)]
    [InlineData("n-c", ScalarType.BFloat16, true, 0.03)]
    public void Values_and_gradients_are_those_of_the_steps_one_by_one(string adapters, ScalarType dtype, bool inputNeedsGradient, double tolerance)
    {
        using var scope = NewDisposeScope();
        var projections = adapters.Select((kind, index) => Projection(24 + (4 * index), dtype, Make(kind, 24 + (4 * index), 8 + index, dtype))).ToArray();
        var x = Normal(3, 7, 20).to(dtype);
        var outputGradients = projections.Select(projection => Normal(3, 7, projection.OutFeatures).to(dtype)).ToArray();
        var trainable = projections.SelectMany(projection => projection.Adapter?.Trainable ?? []).ToArray();

        (IReadOnlyList<Tensor> Y, Tensor? OfX, Tensor[] OfTrainable) Run(ReturnedGradients? returned)
        {
            var input = x.clone().requires_grad_(inputNeedsGradient);
            foreach (var (_, value) in trainable) value.grad = null;
            var y = new ProjectionGroup(projections).Forward(input, returned);
            var learnt = y.Zip(outputGradients).Where(pair => pair.First.requires_grad).ToArray();
            autograd.backward([.. learnt.Select(pair => pair.First)], [.. learnt.Select(pair => pair.Second)]);
            return (y, input.grad, [.. trainable.Select(parameter => parameter.Value.grad!.clone())]);
        }
        var (expected, found) = (Run(null), Run(new ReturnedGradients()));
        for (var i = 0; i < projections.Length; i++) Near.Check(expected.Y[i], found.Y[i], tolerance, tolerance, $"y {i}");
        if (inputNeedsGradient) Near.Check(expected.OfX!, found.OfX!, tolerance, tolerance, "dx");
        else Assert.Null(found.OfX);
        for (var i = 0; i < trainable.Length; i++)
        {
            Assert.Equal(ScalarType.Float32, found.OfTrainable[i].dtype);
            Near.Check(expected.OfTrainable[i], found.OfTrainable[i], tolerance, tolerance, trainable[i].Name);
        }
        Release(projections);
    }

    [Fact]
    public void A_narrow_inner_pair_goes_step_by_step_and_dropout_too()
    {
        using var scope = NewDisposeScope();
        using var narrow = new NoraAdapter(24, 20, 8, 3, alpha: 8, 0, float32, CPU);
        Assert.False(narrow.HasCore);
        var wide = new NoraAdapter(24, 20, 8, 4, alpha: 8, 0.5, float32, CPU);
        Assert.True(wide.HasCore);

        var projection = Projection(24, float32, wide);
        wide.SetOuter(ones(24, 8), ones(8, 20));
        wide.SetInner(ones(8, 4), ones(4, 8));
        wide.Training = true;
        var x = ones(64, 20).requires_grad_();
        var y = new ProjectionGroup(projection).Forward(x, new ReturnedGradients())[0];
        Assert.True((y - y[0]).abs().max().item<float>() > 0); // rows differ by what was dropped
        Release(projection);
    }

    [Fact]
    public void Adapters_of_one_input_have_their_A_in_one_memory_and_others_take_their_place()
    {
        using var scope = NewDisposeScope();
        LinearProjection[] projections = [Projection(24, float32, Make('n', 24, 8, float32)), Projection(28, float32, Make('n', 28, 9, float32))];
        var (first, second) = ((FrozenOuterAdapter)projections[0].Adapter!, (FrozenOuterAdapter)projections[1].Adapter!);
        var group = new ProjectionGroup(projections);
        var x = Normal(5, 20);
        IReadOnlyList<Tensor> Outputs() => group.Forward(x, new ReturnedGradients());

        Outputs();
        Assert.NotNull(first.Stack);
        Assert.Same(first.Stack, second.Stack);
        Assert.Equal([17, 20], first.Stack.Rows.shape);
        var stack = first.Stack;
        Outputs();
        Assert.Same(stack, first.Stack);

        first.SetOuter(Normal(24, 8), Normal(8, 20)); // written through to the stack
        Near.Check(projections[0].Forward(x), Outputs()[0], 1e-5, 1e-5, "after SetOuter");

        using var other = Make('c', 28, 5, float32);
        projections[1].Adapter = other;
        Near.Check(projections[1].Forward(x), Outputs()[1], 1e-5, 1e-5, "another adapter");
        second.Dispose(); // and the memory that it shared: the others keep theirs
        Near.Check(projections[0].Forward(x), Outputs()[0], 1e-5, 1e-5, "what stays");
        first.Dispose();
        foreach (var projection in projections) projection.Dispose();
    }

    [Fact]
    public void Adapters_leave_nothing_of_their_stack_behind()
    {
        var before = TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        {
            LinearProjection[] projections = [Projection(24, float32, Make('n', 24, 8, float32)), Projection(28, float32, Make('c', 28, 9, float32))];
            new ProjectionGroup(projections).Forward(Normal(5, 20), new ReturnedGradients());
            Release(projections);
        }
        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private Tensor Normal(params long[] shape) => randn(shape, generator: _generator).mul_(0.3);

    private LinearProjection Projection(int outFeatures, ScalarType dtype, Adapter? adapter) =>
        new("layer.q_proj", Normal(outFeatures, 20).to(dtype), Normal(outFeatures).to(dtype)) { Adapter = adapter };

    private FrozenOuterAdapter? Make(char kind, int outFeatures, int rank, ScalarType dtype)
    {
        FrozenOuterAdapter? adapter = kind switch
        {
            'n' => new NoraAdapter(outFeatures, 20, rank, 5, alpha: 4, 0, dtype, CPU),
            'c' => new LoraXsAdapter(outFeatures, 20, rank, alpha: 4, 0, dtype, CPU),
            _ => null,
        };
        adapter?.SetOuter(Normal(outFeatures, rank), Normal(rank, 20));
        foreach (var (_, value) in adapter?.Trainable ?? []) using (no_grad()) value.copy_(Normal(value.shape));
        return adapter;
    }

    private static void Release(params LinearProjection[] projections)
    {
        foreach (var projection in projections)
        {
            projection.Adapter?.Dispose();
            projection.Dispose();
        }
    }
}
