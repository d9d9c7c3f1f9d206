using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Methods;

[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class StructureTests
{
    private const int Out = SmallProjection.Out;
    private const int In = SmallProjection.In;

    public static TheoryData<InnerStructure, InnerPosition, bool> All => Structures.All;

    [Theory]
    [MemberData(nameof(All))]
    public void Output_and_gradients_equal_a_plain_composition(InnerStructure structure, InnerPosition position, bool trainsOuter)
    {
        using var small = new SmallProjection();
        using var set = new AdapterSet();
        using var adapter = Structures.Make(structure, position, trainsOuter, Out, In, 4, 2, alpha: 6);
        var start = Structures.Fill(adapter, small.Draw);
        set.Add(small.Projection, adapter);
        var x = small.X.requires_grad_(true);
        var output = small.Projection.Forward(x);
        output.square().sum().backward();

        Tensor Copy(Tensor value) => value.detach().to(float64).requires_grad_(true);
        var copies = adapter.Trainable.ToDictionary(tensor => tensor.Name, tensor => Copy(tensor.Value));
        var input = Copy(small.X);
        var change = Structures.Change(adapter, copies, (start.B.to(float64), start.A.to(float64))) * 1.5; // alpha / r = 6 / 4
        var expected = input.matmul((small.Projection.Weight.to(float64) + change).t()) + small.Projection.Bias!.to(float64);
        expected.square().sum().backward();

        Near.Check(expected, output, 2e-4, 1e-5, "output");
        Near.Check(input.grad!, x.grad!, 1e-2, 1e-5, "x");
        foreach (var (name, value) in adapter.Trainable) Near.Check(copies[name].grad!, value.grad!, 1e-2, 1e-5, name);
        Near.Check(change, adapter.Delta(), 2e-4, 1e-5, "delta");
        Tensor[] frozen = [small.Projection.Weight, small.Projection.Bias!, .. adapter.Frozen.Select(named => named.Value)];
        Assert.All(frozen, value => Assert.True(!value.requires_grad && value.grad is null));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Merged_equals_unmerged_and_the_fold_has_the_smallest_rank(InnerStructure structure, InnerPosition position, bool trainsOuter)
    {
        foreach (var (dtype, tolerance) in ((ScalarType, double)[])[(ScalarType.Float32, 1e-5), (ScalarType.BFloat16, 0.05)])
        {
            using var small = new SmallProjection(dtype);
            using var set = new AdapterSet();
            var adapter = Structures.Make(structure, position, trainsOuter, Out, In, 4, 2, alpha: 4, dtype);
            Structures.Fill(adapter, shape => 0.3 * small.Draw(shape));
            set.Add(small.Projection, adapter);
            using var noGradient = no_grad();
            var adapted = small.Projection.Forward(small.X);
            var merged = (small.Projection.Weight.to(ScalarType.Float32) + adapter.Delta()).to(dtype);
            var expected = nn.functional.linear(small.X, merged, small.Projection.Bias);
            Assert.Equal(dtype, adapted.dtype);
            Near.Check(expected, adapted, tolerance * expected.abs().max().to(ScalarType.Float32).item<float>(), 0, "merged");

            using var factors = adapter.Fold();
            Assert.False(factors!.A.requires_grad || factors.B.requires_grad);
            var exact = linalg.matrix_rank(adapter.Delta().to(float64), atol: 1e-4).item<long>();
            Assert.Equal(exact, factors.Rank);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Counts_are_those_of_the_plan(InnerStructure structure, InnerPosition position, bool trainsOuter)
    {
        using var adapter = Structures.Make(structure, position, trainsOuter, Out, In, 4, 3, alpha: 4);
        var plan = new NoraPlan
        {
            OuterRank = 4,
            InnerRank = structure == InnerStructure.Adapter ? 0 : 3,
            Alpha = 4,
            Structure = structure,
            Position = position,
            OuterTrainable = trainsOuter,
        };
        var shape = new ProjectionShape("q_proj", Out, In, OneLayer.Stack);
        Assert.Equal(plan.TrainablePerProjection(shape), adapter.Trainable.Sum(named => named.Value.numel()));
        Assert.Equal(plan.FrozenPerProjection(shape), adapter.Frozen.Sum(named => named.Value.numel()));
    }

    [Theory]
    [InlineData(InnerStructure.Serial, InnerPosition.WA)]
    [InlineData(InnerStructure.Serial, InnerPosition.WB)]
    [InlineData(InnerStructure.Serial, InnerPosition.WAAndWB)]
    [InlineData(InnerStructure.Parallel, InnerPosition.WB)]
    [InlineData(InnerStructure.Adapter, InnerPosition.WA)]
    [InlineData(InnerStructure.Adapter, InnerPosition.WB)]
    [InlineData(InnerStructure.Adapter, InnerPosition.WAAndWB)]
    public void The_graph_keeps_no_input_between_frozen_factors(InnerStructure structure, InnerPosition position)
    {
        // Autograd refuses a backward pass through a tensor that it kept and that was changed since.
        using var small = new SmallProjection();
        using var adapter = Structures.Make(structure, position, false, Out, In, 4, 2, 4);
        Structures.Fill(adapter, small.Draw);
        var output = adapter.Forward(small.X, zeros(2, 3, Out, device: TestDevice.Here));
        small.X.zero_();
        output.sum().backward();
        Assert.All(adapter.Trainable, named => Assert.NotNull(named.Value.grad));
    }

    [Fact]
    public void Serial_at_w_a_is_the_nora_of_the_paper_to_the_bit()
    {
        using var small = new SmallProjection();
        using var paper = small.Nested();
        using var serial = Structures.Make(InnerStructure.Serial, InnerPosition.WA, false, Out, In, 4, 2, 8);
        foreach (var (name, value) in paper.Frozen.Concat(paper.Trainable)) serial.SetTensor(name, value.detach());
        var output = zeros(2, 3, Out, device: TestDevice.Here);
        Near.Check(paper.Forward(small.X, output), serial.Forward(small.X, output), 0, 0, "output");
    }

    [Fact]
    public void The_adapter_structure_at_w_a_is_lora_xs_to_the_bit()
    {
        using var small = new SmallProjection();
        using var core = small.Core();
        using var square = Structures.Make(InnerStructure.Adapter, InnerPosition.WA, false, Out, In, 4, 0, 8);
        square.SetOuter(core.OuterB, core.OuterA);
        square.SetTensor("w_a", core.Core.detach());
        var output = zeros(2, 3, Out, device: TestDevice.Here);
        Near.Check(core.Forward(small.X, output), square.Forward(small.X, output), 0, 0, "output");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void In_bfloat16_what_trains_is_float32_and_what_is_frozen_bfloat16(InnerStructure structure, InnerPosition position, bool trainsOuter)
    {
        using var small = new SmallProjection(ScalarType.BFloat16);
        using var adapter = Structures.Make(structure, position, trainsOuter, Out, In, 4, 2, 4, ScalarType.BFloat16);
        Structures.Fill(adapter, small.Draw);
        var output = adapter.Forward(small.X, zeros([2, 3, Out], ScalarType.BFloat16, TestDevice.Here));
        output.sum().backward();
        Assert.Equal(ScalarType.BFloat16, output.dtype);
        Assert.All(adapter.Trainable, named => Assert.Equal(ScalarType.Float32, named.Value.grad!.dtype));
        // A start is rounded as the trained factors are when they are used: in the same place.
        Assert.All(adapter.Frozen, named => Assert.Equal(trainsOuter ? ScalarType.Float32 : ScalarType.BFloat16, named.Value.dtype));
    }

    [Fact]
    public void An_inner_rank_above_the_outer_one_is_folded_to_the_outer_one()
    {
        using var small = new SmallProjection();
        using var nested = new NoraAdapter(Out, In, 3, 5, 3, 0, ScalarType.Float32, CPU);
        nested.SetOuter(small.Draw(Out, 3), small.Draw(3, In));
        nested.SetInner(small.Draw(3, 5), small.Draw(5, 3));
        using var factors = nested.Fold();
        Assert.Equal(3, factors.Rank);
        Near.Check(nested.OuterB.mm(nested.InnerB).mm(nested.InnerA).mm(nested.OuterA), factors.Product(), 1e-3, 1e-5, "delta");

        using var parallel = Structures.Make(InnerStructure.Parallel, InnerPosition.WAAndWB, false, Out, In, 6, 8, 6);
        Structures.Fill(parallel, small.Draw);
        Assert.Equal(In, parallel.Fold()!.Rank); // 2·6 = 12 is above the smaller side
    }

    [Fact]
    public void A_tensor_of_another_name_or_shape_is_refused()
    {
        using var small = new SmallProjection();
        using var adapter = Structures.Make(InnerStructure.Parallel, InnerPosition.WA, false, Out, In, 4, 2, 4);
        Assert.Contains("outer_b", Assert.Throws<NoraException>(() => adapter.SetTensor("outer_a", small.Draw(4, In))).Message);
        Assert.Contains("[2, 10]", Assert.Throws<NoraException>(() => adapter.SetTensor("w_a_right", small.Draw(2, 9))).Message);
        Assert.Contains("inner rank is 0", Assert.Throws<NoraException>(
            () => Structures.Make(InnerStructure.Serial, InnerPosition.WB, false, Out, In, 4, 0, 4)).Message);
    }
}
