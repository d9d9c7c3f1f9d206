using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Export;
using NoraPipelines.Tests.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Methods;

public sealed class DyLoraTests
{
    private const int Out = SmallProjection.Out;
    private const int In = SmallProjection.In;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_step_trains_its_rank_alone_and_the_ranks_before_count(int rank)
    {
        using var small = new SmallProjection();
        using var adapter = Filled(small, alpha: 6);
        (adapter.Training, adapter.Drawn) = (true, rank);
        var x = small.X.requires_grad_(true);
        var output = adapter.Forward(x, zeros(2, 3, Out));
        output.square().sum().backward();

        var (a, b) = (adapter.A.detach().to(float64), adapter.B.detach().to(float64));
        var row = a[rank - 1].clone().requires_grad_(true); // [in]
        var column = b[.., rank - 1].clone().requires_grad_(true); // [out]
        var input = small.X.detach().to(float64).requires_grad_(true);
        var change = b[.., ..(rank - 1)].mm(a[..(rank - 1)]) + column.outer(row);
        var expected = input.matmul(change.t()) * (1.5 * Math.Sqrt(4.0 / rank)); // s·√(r/b), s = 6 / 4
        expected.square().sum().backward();

        Near.Check(expected, output, 1e-4, 1e-5, "output");
        Near.Check(input.grad!, x.grad!, 1e-3, 1e-4, "x");
        Near.Check(row.grad!, adapter.A.grad![rank - 1], 1e-3, 1e-4, "a");
        Near.Check(column.grad!, adapter.B.grad![.., rank - 1], 1e-3, 1e-4, "b");
        for (var other = 0; other < 4; other++)
        {
            if (other == rank - 1) continue;
            Assert.Equal(0, adapter.A.grad[other].count_nonzero().item<long>());
            Assert.Equal(0, adapter.B.grad![.., other].count_nonzero().item<long>());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Evaluation_folding_and_merging_use_the_rank_that_is_asked_for(int rank)
    {
        using var small = new SmallProjection();
        using var set = new AdapterSet();
        var adapter = Filled(small, alpha: 6);
        set.Add(small.Projection, adapter);
        adapter.Drawn = 3; // of a step, which evaluation does not see
        DyLoraRank.Cut(set, rank);
        using var noGradient = no_grad();
        var merged = small.Projection.Weight + adapter.Delta();
        Near.Check(nn.functional.linear(small.X, merged, small.Projection.Bias), small.Projection.Forward(small.X), 1e-4, 1e-5, "merged");
        using var factors = adapter.Fold();
        Assert.Equal(rank, factors.Rank);
    }

    [Fact]
    public void The_draw_depends_on_seed_and_step_alone_and_takes_every_rank()
    {
        using var small = new SmallProjection();
        using var set = new AdapterSet();
        set.Add(small.Projection, Filled(small, 4));
        int[] first = [.. Enumerable.Range(0, 400).Select(step => DyLoraRank.Draw(set, 7, step))];
        manual_seed(1);
        _ = rand(5);
        Assert.Equal(first[200..], Enumerable.Range(200, 200).Select(step => DyLoraRank.Draw(set, 7, step)));
        Assert.Equal(first[^1], ((DyLoraAdapter)set.Items[0].Adapter).Drawn);
        Assert.NotEqual(first, Enumerable.Range(0, 400).Select(step => DyLoraRank.Draw(set, 8, step)));
        Assert.All(Enumerable.Range(1, 4), rank => Assert.InRange(first.Count(drawn => drawn == rank), 70, 130));
    }

    [Fact]
    public void An_exported_adapter_can_be_cut_to_a_lower_rank_but_no_higher_one()
    {
        using var scope = NewDisposeScope();
        using var trained = AdaptedDecoder.DyLora();
        foreach (var rank in (int[])[4, 2])
        {
            DyLoraRank.Cut(trained.Adapters, rank);
            var expected = trained.Logits();
            DyLoraRank.Cut(trained.Adapters, 4);
            using var model = TinyDecoder.Create();
            var loaded = AdapterSet.On(model, projection =>
            {
                using var factors = trained.Adapters.Items.Single(item => item.Projection.Path == projection.Path).Adapter.Fold()!;
                var lora = new LoraAdapter(projection.OutFeatures, projection.InFeatures, factors.Rank, factors.Rank, 0, CPU);
                lora.SetFactors(factors.B, factors.A);
                return lora;
            });
            using var cut = DyLoraRank.Cut(model, loaded, rank);
            Near.Check(expected, AdaptedDecoder.Logits(model), 1e-4, 1e-4, $"rank {rank}");
            Assert.All(cut.Items, item => Assert.Equal(rank, ((LoraAdapter)item.Adapter).Rank));
        }
        using var another = TinyDecoder.Create();
        var four = AdapterSet.On(another, projection => new LoraAdapter(projection.OutFeatures, projection.InFeatures, 4, 4, 0, CPU));
        Assert.Contains("adapter.rank_at is 5, and the adapter there has rank 4", Assert.Throws<NoraException>(() => DyLoraRank.Cut(another, four, 5)).Message);
        Assert.All(another.Projections, projection => Assert.Null(projection.Adapter));
    }

    [Fact]
    public void Ranks_out_of_bounds_and_other_methods_are_refused()
    {
        using var small = new SmallProjection();
        using var adapter = Filled(small, 4);
        Assert.Contains("1 to 4", Assert.Throws<NoraException>(() => adapter.RankAt = 5).Message);
        Assert.Contains("1 to 4", Assert.Throws<NoraException>(() => adapter.Drawn = 0).Message);
        using var set = new AdapterSet();
        set.Add(small.Projection, small.LowRank());
        Assert.Contains("only dylora", Assert.Throws<NoraException>(() => DyLoraRank.Draw(set, 1, 1)).Message);
    }

    [Fact]
    public void The_count_is_that_of_lora()
    {
        using var small = new SmallProjection();
        using var adapter = Filled(small, 4);
        var plan = new DyLoraPlan { Rank = 4, Alpha = 4, RankAt = 2 };
        Assert.Equal(plan.TrainablePerProjection(new ProjectionShape("q_proj", Out, In, OneLayer.Stack)), adapter.Trainable.Sum(named => named.Value.numel()));
    }

    private static DyLoraAdapter Filled(SmallProjection small, double alpha)
    {
        var adapter = new DyLoraAdapter(Out, In, rank: 4, alpha, dropout: 0, CPU);
        adapter.SetFactors(small.Draw(Out, 4), small.Draw(4, In));
        return adapter;
    }
}
