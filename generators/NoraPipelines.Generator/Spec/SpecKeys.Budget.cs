using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Spec;

internal static partial class SpecKeys
{
    private static SpecKey Budget => Section("budget", "Method adalora: how many ranks all projections together may keep.",
        Whole("target_rank", "The mean rank at the end, below `rank`.", 1) with { Required = true },
        Whole("initial_steps", "Steps before the budget falls.", 0, BudgetDefaults.InitialSteps),
        Whole("final_steps", "Steps at the end whose ranks stay.", 0, BudgetDefaults.FinalSteps),
        Whole("every_steps", "Steps from one allocation to the next.", 1, BudgetDefaults.EverySteps),
        Decay("importance_decay", "Smoothing of the importance, size times gradient.", BudgetDefaults.ImportanceDecay),
        Decay("uncertainty_decay", "Smoothing of the importance's uncertainty.", BudgetDefaults.UncertaintyDecay),
        Positive("orthogonal_weight", "Weight of the penalty that keeps the factors orthogonal.", BudgetDefaults.OrthogonalWeight));

    private static AdaLoraPlan BudgetDefaults { get; } = new() { Rank = 2, Alpha = 2, TargetRank = 1 };

    private static SpecKey Decay(string name, string doc, double @default) =>
        Number(name, doc, @default) with { Minimum = 0, AboveMinimum = true, Maximum = 1, BelowMaximum = true };
}
