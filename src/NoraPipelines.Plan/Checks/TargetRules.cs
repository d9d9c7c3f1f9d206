namespace NoraPipelines.Plans;

/// <summary>Targets and layers exist in the model.</summary>
internal static class TargetRules
{
    public static IEnumerable<PlanProblem> Check(PipelinePlan plan)
    {
        if (plan.Adapter.TrainsModel) yield break;
        var shape = plan.Model.Shape;
        var names = shape.TargetNames().ToList();
        var targets = plan.Adapter.Targets;
        for (var i = 0; i < targets.Count; i++)
        {
            if (shape.Projection(targets[i]) is not null) continue;
            yield return PlanProblem.Error("NORA102", Keys.Adapter.Target(i),
                $"'{targets[i]}' is no projection of {Words.Of(shape.Architecture)}{DidYouMean.Hint(targets[i], names)}; it has "
                    + $"{string.Join(", ", names)}");
        }

        var layers = shape.DeepestStack();
        if (plan.Adapter.Layers.Indices?.FirstOrDefault(index => index >= layers) is { } beyond and > 0)
            yield return PlanProblem.Error("NORA103", Keys.Adapter.Layers,
                $"layer {beyond} does not exist: {plan.Model.ShapeSource} has {layers} layers, 0 to {layers - 1}");
    }
}
