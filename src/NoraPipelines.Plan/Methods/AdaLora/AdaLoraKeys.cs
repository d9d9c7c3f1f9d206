namespace NoraPipelines.Plans;

/// <summary>Keys of AdaLoRA alone: its budget of ranks.</summary>
internal static class AdaLoraKeys
{
    private static readonly MethodKeys<AdaLoraPlan> Of = new("adapter.budget", new AdaLoraPlan { Rank = 2, Alpha = 2, TargetRank = 1 });

    public static readonly SpecKey<int> TargetRank = Of.Part.Whole("target_rank", "The mean rank at the end, below `rank`.",
        plan => plan.TargetRank, (plan, rank) => plan with { TargetRank = rank }, minimum: 1) with
    {
        Required = true,
        Default = null,
        LeftOut = plan => plan.Adapter is AdaLoraPlan { Rank: > 1 } adalora
            ? plan with { Adapter = adalora with { TargetRank = adalora.Rank - 1 } }
            : plan,
    };

    public static readonly SectionKey Budget = Of.Own(
        SectionKey.Of("adapter.budget", "Method adalora: how many ranks all projections together may keep.",
            TargetRank,
            Of.Part.Whole("initial_steps", "Steps before the budget falls.",
                plan => plan.InitialSteps, (plan, steps) => plan with { InitialSteps = steps }, minimum: 0),
            Of.Part.Whole("final_steps", "Steps at the end whose ranks stay.",
                plan => plan.FinalSteps, (plan, steps) => plan with { FinalSteps = steps }, minimum: 0),
            Of.Part.Whole("every_steps", "Steps from one allocation to the next.",
                plan => plan.EverySteps, (plan, steps) => plan with { EverySteps = steps }, minimum: 1),
            Of.Part.InnerShare("importance_decay", "Smoothing of the importance, size times gradient.",
                plan => plan.ImportanceDecay, (plan, decay) => plan with { ImportanceDecay = decay }),
            Of.Part.InnerShare("uncertainty_decay", "Smoothing of the importance's uncertainty.",
                plan => plan.UncertaintyDecay, (plan, decay) => plan with { UncertaintyDecay = decay }),
            Of.Part.Positive("orthogonal_weight", "Weight of the penalty that keeps the factors orthogonal.",
                plan => plan.OrthogonalWeight, (plan, weight) => plan with { OrthogonalWeight = weight })),
        "only method adalora has a budget of ranks");
}
