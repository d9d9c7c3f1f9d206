using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Models;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Methods;

public sealed class AdaLoraTests
{
    [Fact]
    public void It_starts_as_the_model_was_and_folds_to_the_ranks_it_keeps()
    {
        using var small = new SmallProjection();
        using var set = new AdapterSet();
        set.AddAdaLora(small.Projection, rank: 5, alpha: 10);
        var adapter = (AdaLoraAdapter)set.Items[0].Adapter;
        var report = AdaLoraStart.Initialise(set, seed: 1);
        Assert.Equal(0, report.Projections[0].StartRatio);
        using (var nothing = adapter.Fold()) Assert.Equal((1, 0L), (nothing.Rank, nothing.Product().count_nonzero().item<long>()));
        Assert.Equal(0.02, cat([adapter.P.flatten(), adapter.Q.flatten()]).std().item<float>(), 5e-3);

        adapter.SetFactors(adapter.P.detach(), tensor(new[] { 1f, 0f, -2f, 0f, 0.5f }).unsqueeze(1), adapter.Q.detach());
        Assert.Equal([true, false, true, false, true], adapter.Kept());
        using var factors = adapter.Fold();
        Assert.Equal(3, factors.Rank);
        using var noGradient = no_grad();
        var merged = small.Projection.Weight + adapter.Delta();
        Near.Check(nn.functional.linear(small.X, merged, small.Projection.Bias), small.Projection.Forward(small.X), 1e-5, 1e-5, "merged");
        Near.Check(adapter.P.mm(adapter.E * adapter.Q) * (10 / 5.00001), adapter.Delta(), 1e-6, 1e-5, "delta");
    }

    [Fact]
    public void The_count_is_that_of_lora_and_one_a_triple()
    {
        using var small = new SmallProjection();
        using var adapter = new AdaLoraAdapter(SmallProjection.Out, SmallProjection.In, 5, 5, 0, CPU);
        var plan = new AdaLoraPlan { Rank = 5, Alpha = 5, TargetRank = 3 };
        var shape = new ProjectionShape("q_proj", SmallProjection.Out, SmallProjection.In, OneLayer.Stack);
        Assert.Equal(plan.TrainablePerProjection(shape), adapter.Trainable.Sum(named => named.Value.numel()));
    }

    [Theory]
    [InlineData(1, 24, false)]
    [InlineData(10, 24, false)]
    [InlineData(20, 20, true)] // 12 + 12·(70/80)³ = 20.04
    [InlineData(25, 18, false)] // 18.4
    [InlineData(90, 12, true)]
    [InlineData(91, 12, false)]
    public void The_budget_falls_as_a_cube_between_its_ends(int step, int triples, bool allocates)
    {
        var budget = new RankBudget(InitialRank: 12, TargetRank: 6, InitialSteps: 10, FinalSteps: 10, EverySteps: 10, Steps: 100);
        Assert.Equal((triples, allocates), budget.After(step, projections: 2));
    }

    [Fact]
    public void Dropped_triples_stay_dropped_at_the_end_whatever_the_optimizer_does()
    {
        using var small = new SmallProjection();
        using var set = new AdapterSet();
        set.AddAdaLora(small.Projection, rank: 5, alpha: 5);
        AdaLoraStart.Initialise(set, seed: 1);
        var adapter = (AdaLoraAdapter)set.Items[0].Adapter;
        using var ranks = new RankAllocator(set, new RankBudget(5, 2, 1, 3, 1, 8));
        for (var step = 1; step <= 8; step++)
        {
            small.Projection.Forward(small.X).sum().backward();
            using (no_grad())
            {
                foreach (var (_, value) in set.Trainable) value.sub_(value.grad! * 0.1);
                adapter.E.add_(0.01); // as momentum would
            }
            ranks.Update(step);
            foreach (var (_, value) in set.Trainable) value.grad!.zero_();
        }
        Assert.Equal(2, adapter.Kept().Count(kept => kept));
        Assert.Equal(2, ranks.Ranks[small.Projection.Path]);
        Assert.Equal(2.0, ranks.Metrics["mean_rank"]);
        Assert.Equal(2.0, ranks.Metrics["rank_budget"]);
    }

    [Fact]
    public void Steps_leave_no_tensor_behind()
    {
        using var small = new SmallProjection();
        using var set = new AdapterSet();
        set.AddAdaLora(small.Projection, rank: 5, alpha: 5);
        AdaLoraStart.Initialise(set, seed: 1);
        using var ranks = new RankAllocator(set, new RankBudget(5, 2, 1, 3, 2, 30));
        using var optimizer = new AdamW(set.Trainable);
        Step(1);
        var live = TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (var step = 2; step <= 30; step++) Step(step);
        Assert.Equal(live, TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);

        void Step(int step)
        {
            using var scope = NewDisposeScope();
            small.Projection.Forward(small.X).square().sum().backward();
            ranks.Penalty().backward();
            optimizer.Step(0.01);
            ranks.Update(step);
            optimizer.ZeroGrad();
            Assert.InRange(ranks.Metrics["mean_rank"], 2, 5);
        }
    }

    [Fact]
    public void A_budget_that_never_falls_and_other_methods_are_refused()
    {
        using var small = new SmallProjection();
        using var set = new AdapterSet();
        set.AddAdaLora(small.Projection, rank: 5, alpha: 5);
        Assert.Contains("never falls", Assert.Throws<NoraException>(() => new RankAllocator(set, new RankBudget(5, 2, 5, 5, 1, 10))).Message);
        set.Dispose();
        using var lora = new AdapterSet();
        lora.Add(small.Projection, small.LowRank());
        Assert.Contains("adalora alone", Assert.Throws<NoraException>(() => new RankAllocator(lora, new RankBudget(5, 2, 1, 1, 1, 10))).Message);
    }
}
