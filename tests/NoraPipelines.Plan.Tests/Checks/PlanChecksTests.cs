using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Checks;

/// <summary>The rules as a running program meets them: on plans that a setting or another checkpoint's shape changed.</summary>
public class PlanChecksTests
{
    private static readonly PipelinePlan Valid = SamplePlans.Llama3;

    [Fact]
    public void The_papers_run_has_no_problem() => Assert.Empty(PlanChecks.Check(Valid));

    [Fact]
    public void Another_checkpoints_shape_may_be_too_small_for_the_rank()
    {
        var problems = PlanChecks.Check(Valid with { Model = Valid.Model with { Shape = ModelCatalog.Find("stories260k")! } });
        var problem = Assert.Single(problems);
        Assert.Equal(("NORA104", ProblemSeverity.Error, "adapter.outer.rank"), (problem.Id, problem.Severity, problem.Path));
        Assert.Contains("outer rank 64 is above 32, the largest rank that k_proj of 32×64 can have", problem.Message);
    }

    [Fact]
    public void Warm_up_and_decay_are_parts_of_the_run()
    {
        PipelinePlan Plan(double warmup) =>
            Valid with { Training = Valid.Training with { Schedule = new WsdSchedulePlan { WarmupRatio = warmup, DecayRatio = 0.3 } } };
        Assert.Empty(PlanChecks.Check(Plan(0.7)));
        var problem = Assert.Single(PlanChecks.Check(Plan(0.75)));
        Assert.Equal(("NORA122", "training.schedule.decay_ratio"), (problem.Id, problem.Path));
        Assert.Contains("decay_ratio 0.3 and warmup_ratio 0.75 are more than all steps together", problem.Message);
        Assert.EndsWith("lower one of them, such as decay_ratio to 0.25", problem.Message);
    }

    [Theory]
    [InlineData(100, 8, "use micro_batch 5, or batch 104")]
    [InlineData(8, 16, "use micro_batch 8, or batch 16")]
    [InlineData(7, 2, "use micro_batch 1, or batch 8")]
    [InlineData(2147483647, 4, "use micro_batch 1")]
    [InlineData(2147483646, 2147483645, "use micro_batch 1073741823")]
    [InlineData(0, 2, "both must be at least 1")]
    public void A_batch_that_does_not_divide_comes_with_sizes_that_do(int batch, int micro, string remedy)
    {
        var problem = Assert.Single(PlanChecks.Check(Valid with { Training = Valid.Training with { Batch = batch, MicroBatch = micro } }));
        Assert.Equal(("NORA106", "training.batch"), (problem.Id, problem.Path));
        Assert.EndsWith(remedy, problem.Message);
    }

    [Fact]
    public void The_second_of_two_equal_seeds_is_named() => Assert.Equal(
        "training.seeds.2",
            Assert.Single(PlanChecks.Check(Valid with { Training = Valid.Training with { Seeds = EquatableArray.Of(1, 2, 1) } })).Path);

    [Theory]
    [InlineData(64, 32, 64, "")]
    [InlineData(64, 64, 64, "NORA105")]
    [InlineData(64, 32, 15, "NORA108")]
    [InlineData(64, 32, 16, "")]
    [InlineData(64, 32, 257, "NORA108")]
    [InlineData(1024, 32, 1024, "")]
    [InlineData(1025, 32, 1025, "NORA104")]
    public void Ranks_and_scale_are_checked_at_their_bounds(int outer, int inner, double alpha, string expected) => Assert.Equal(
        expected, string.Join(' ', PlanChecks.Check(Valid with { Adapter = SamplePlans.Nora(outer, inner) with { Alpha = alpha } })
            .Select(problem => problem.Id)));

    [Fact]
    public void A_layer_beyond_the_models_last_is_named() => Assert.Equal(
        "layer 32 does not exist: llama-3-8b has 32 layers, 0 to 31",
        Assert.Single(PlanChecks.Check(Valid with { Adapter = Valid.Adapter with { Layers = LayerSelection.Of([31, 32]) } })).Message);
}
