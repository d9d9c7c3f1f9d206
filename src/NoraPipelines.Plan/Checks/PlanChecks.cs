namespace NoraPipelines.Plans;

/// <summary>
/// Everything that can be checked on a plan alone. The generator checks each spec's plan at build; the running program checks again
/// where a setting or the checkpoint's own shape changed it.
/// </summary>
public static class PlanChecks
{
    private static readonly Func<PipelinePlan, IEnumerable<PlanProblem>>[] Rules =
        [ModelRules.Check, ClassifierRules.Check, TargetRules.Check, plan => plan.Adapter.Check(plan), DatasetRules.Check, TrainingRules.Check, EvaluationRules.Check,
            ExportRules.Check];

    /// <summary>All problems, in the order of the spec's sections; never throws.</summary>
    public static EquatableArray<PlanProblem> Check(PipelinePlan plan) => Rules.SelectMany(rule => rule(plan)).ToEquatableArray();
}
