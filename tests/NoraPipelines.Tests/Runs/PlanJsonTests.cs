using NoraPipelines.Plans;
using NoraPipelines.Runs.Folder;

namespace NoraPipelines.Tests.Runs;

/// <summary>plan.json, whose equality is what allows a run to be resumed.</summary>
public class PlanJsonTests
{
    private static readonly PipelinePlan Plan = new FakePipeline().Plan;

    [Fact]
    public void Plans_that_differ_differ_in_it_too()
    {
        var shape = (DecoderShape)Plan.Model.Shape;
        var lora = new LoraPlan { Targets = Plan.Adapter.Targets, Rank = 4, Alpha = 4 };
        PipelinePlan[] plans =
        [
            Plan,
            With(Plan.Adapter with { Layers = LayerSelection.Of([0]) }),
            With(Plan.Adapter with { Layers = LayerSelection.Of([1]) }),
            With(Plan.Adapter with { Targets = EquatableArray.Of("q_proj", "k_proj") }),
            With(lora),
            With(new RsLoraPlan { Targets = lora.Targets, Rank = 4, Alpha = 4 }),
            Plan with { Model = Plan.Model with { Source = new ModelSource.Folder("a") } },
            Plan with { Model = Plan.Model with { Source = new ModelSource.Hub("a", "main") } },
            Plan with { Model = Plan.Model with { Source = new ModelSource.Random(12345) } },
            Plan with { Model = Plan.Model with { Shape = shape with { RopeScaling = new RopeScaling.Linear(2) } } },
            Plan with { Model = Plan.Model with { Shape = shape with { SlidingWindow = 7 } } },
            .. SchedulePlansOfOneWarmup().Select(schedule => Plan with { Training = Plan.Training with { Schedule = schedule } }),
            .. ((string[])["gsm8k", "math"]).Select(task => Plan with
            {
                Evaluation = EquatableArray.Of(new EvaluationPlan { Task = TaskProtocols.Of(task), Data = new DataSourcePlan { Path = "x" } }),
            }),
        ];
        var texts = plans.Select(plan => RunJson.OfPlan(plan).ToJsonString()).ToArray();
        Assert.Equal(plans.Distinct().Count(), plans.Length);
        Assert.Equal(texts.Length, texts.Distinct().Count());

        static PipelinePlan With(AdapterPlan adapter) => Plan with { Adapter = adapter };
    }

    /// <summary>What a plan computes from its values would tie a run to the code that computes it.</summary>
    [Fact]
    public void It_holds_nothing_that_the_plan_computes()
    {
        var json = RunJson.OfPlan(Plan).ToJsonString();
        Assert.DoesNotContain("total_parameters", json);
        Assert.DoesNotContain("projections", json);
        Assert.DoesNotContain("_plan", json);
    }

    private static IEnumerable<SchedulePlan> SchedulePlansOfOneWarmup() =>
    [
        new LinearSchedulePlan { WarmupRatio = 0.21 }, new ConstantSchedulePlan { WarmupRatio = 0.21 }, new CosineSchedulePlan { WarmupRatio = 0.21 },
        new WsdSchedulePlan { WarmupRatio = 0.21 },
    ];
}
