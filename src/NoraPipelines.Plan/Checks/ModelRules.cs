namespace NoraPipelines.Plans;

/// <summary>Model and method belong together.</summary>
internal static class ModelRules
{
    public static IEnumerable<PlanProblem> Check(PipelinePlan plan)
    {
        if (plan.Model.Source is ModelSource.Random && !plan.Adapter.TrainsModel)
            yield return PlanProblem.Error("NORA115", Keys.Model.Source.Random,
                $"random weights with method {plan.Adapter.Method}: an adapter needs a trained model; name its folder with source.path, "
                + "or train all weights with adapter.method: full");
        if (plan.Model.Source is ModelSource.Random && plan.Model.Tokenizer is null)
            yield return PlanProblem.Error("NORA116", Keys.Model.Source.Random,
                "random weights come with no tokenizer; name its file or folder with model.tokenizer");
    }
}
