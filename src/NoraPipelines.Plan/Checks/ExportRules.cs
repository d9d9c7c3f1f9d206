namespace NoraPipelines.Plans;

/// <summary>What is asked for can be written.</summary>
internal static class ExportRules
{
    public static IEnumerable<PlanProblem> Check(PipelinePlan plan)
    {
        if (!plan.Adapter.TrainsModel) yield break;
        if (plan.Export.Peft)
            yield return PlanProblem.At("NORA119", Keys.Export.Peft,
                $"method {plan.Adapter.Method} trains the weights themselves, so there is no adapter to export; use export: {{ merged: true }}");
        else if (!plan.Export.Merged)
            yield return PlanProblem.At("NORA119", Keys.Export.Section,
                $"method {plan.Adapter.Method} with nothing exported would lose the trained weights; use export: {{ merged: true }}");
    }
}
