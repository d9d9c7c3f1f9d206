using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>Methods whose rank changes in training.</summary>
internal static class ChangingRankPlanner
{
    public static AdaLoraPlan AdaLora(PlanningContext context)
    {
        context.Require("adapter.budget", "method adalora needs the rank that its budget falls to: budget: { target_rank: 8 }");
        var (spec, rank) = (context.Spec, AdapterPlanner.Rank(context));
        // A missing rank is replaced by one that the other agrees with.
        var target = spec.Whole("adapter.budget.target_rank")?.Value ?? rank - 1;
        if (!spec.Has("adapter.rank")) rank = target + 1;
        var plan = new AdaLoraPlan { Rank = rank, Alpha = AdapterPlanner.Alpha(context, rank), TargetRank = target };
        return plan with
        {
            InitialSteps = spec.Whole("adapter.budget.initial_steps")?.Value ?? plan.InitialSteps,
            FinalSteps = spec.Whole("adapter.budget.final_steps")?.Value ?? plan.FinalSteps,
            EverySteps = spec.Whole("adapter.budget.every_steps")?.Value ?? plan.EverySteps,
            ImportanceDecay = spec.Number("adapter.budget.importance_decay")?.Value ?? plan.ImportanceDecay,
            UncertaintyDecay = spec.Number("adapter.budget.uncertainty_decay")?.Value ?? plan.UncertaintyDecay,
            OrthogonalWeight = spec.Number("adapter.budget.orthogonal_weight")?.Value ?? plan.OrthogonalWeight,
        };
    }

    public static DyLoraPlan DyLora(PlanningContext context)
    {
        var rank = AdapterPlanner.Rank(context);
        return new DyLoraPlan
        {
            Rank = rank,
            Alpha = AdapterPlanner.Alpha(context, rank),
            RankAt = context.Spec.Whole("adapter.rank_at")?.Value ?? rank,
        };
    }
}
