using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>The spec's `adapter` for the methods that NoRA is compared with; all have one rank.</summary>
internal static class BaselinePlanner
{
    /// <summary>Null for other methods.</summary>
    public static AdapterPlan? Plan(PlanningContext context) => context.Spec.Text("adapter.method")?.Value switch
    {
        "rslora" => new RsLoraPlan { Rank = Rank(context), Alpha = Alpha(context) },
        "lora_plus" => LoraPlus(context),
        "lora_fa" => new LoraFaPlan { Rank = Rank(context), Alpha = Alpha(context) },
        "dora" => new DoraPlan { Rank = Rank(context), Alpha = Alpha(context) },
        "pissa" => new PissaPlan { Rank = Rank(context), Alpha = Alpha(context) },
        "vera" => Vera(context),
        "lokr" => new LokrPlan { Rank = Rank(context), Alpha = Alpha(context), Factor = context.Spec.Whole("adapter.factor")?.Value },
        _ => null,
    };

    private static LoraPlusPlan LoraPlus(PlanningContext context)
    {
        var plan = new LoraPlusPlan { Rank = Rank(context), Alpha = Alpha(context) };
        return plan with { RateRatio = context.Spec.Number("adapter.rate_ratio")?.Value ?? plan.RateRatio };
    }

    private static VeraPlan Vera(PlanningContext context)
    {
        var plan = new VeraPlan { Rank = Rank(context) };
        return plan with
        {
            InitialD = context.Spec.Number("adapter.d_initial")?.Value ?? plan.InitialD,
            ProjectionSeed = context.Spec.Whole("adapter.projection_seed")?.Value ?? plan.ProjectionSeed,
        };
    }

    private static int Rank(PlanningContext context) => AdapterPlanner.Rank(context);

    private static double Alpha(PlanningContext context) =>
        AdapterPlanner.Alpha(context, context.Spec.Whole("adapter.rank")?.Value ?? 1);
}
