using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>What of the spec's `adapter` depends on the model: targets and layers. The rest is in the table of keys.</summary>
internal static class AdapterPlanner
{
    /// <summary>Stands in for a method that was refused: only targets and layers can be checked then.</summary>
    public static AdapterPlan Unknown { get; } = new LoraPlan { Rank = 1, Alpha = 1 };

    public static PipelinePlan Place(PlanningContext context, PipelinePlan plan)
    {
        var (spec, shape) = (context.Spec, plan.Model.Shape);
        return plan.Adapter.TrainsModel ? plan : plan with { Adapter = plan.Adapter with { Targets = Targets(spec, shape), Layers = Layers(spec, shape) } };
    }

    /// <summary>Reports what the method cannot do without.</summary>
    public static void Require(PlanningContext context, AdapterPlan adapter)
    {
        var spec = context.Spec;
        if (!spec.TryGet(Keys.Adapter.Method, out var word)) return;
        foreach (var needed in PlannedMethods.Find(word)!.Needs(adapter).Where(needed => needed.Within is null || spec.Has(needed.Within)))
            context.Require(needed.Key, needed.Reason);
        if (!adapter.TrainsModel) context.Require(Keys.Adapter.Targets, "name the projections that get an adapter, or write all-linear");
    }

    private static EquatableArray<string> Targets(PipelineSpec spec, ModelShape shape)
    {
        if (spec.TryGet(Keys.Adapter.Targets, out _)) return shape.TargetNames().ToEquatableArray();
        // A refused item keeps its number, under a name that is there, so that the others are reported at their own places.
        return Enumerable.Range(0, spec.Count(Keys.Adapter.Targets))
            .Select(i => spec.Get(Keys.Adapter.Target(i), shape.Projections[0].Name)).ToEquatableArray();
    }

    private static LayerSelection Layers(PipelineSpec spec, ModelShape shape)
    {
        var count = shape.DeepestStack();
        if (spec.TryGet(Keys.Adapter.First, out var first)) return Range(0, first);
        // A stand-in shape has no last layer that means anything.
        if (spec.TryGet(Keys.Adapter.Last, out var last))
            return count == int.MaxValue ? LayerSelection.All : last > count ? Range(0, last) : Range(count - last, last);
        var listed = Enumerable.Range(0, spec.Count(Keys.Adapter.Layers)).Select(i => spec.Get(Keys.Adapter.Layer(i), 0)).ToList();
        return listed.Count > 0 ? LayerSelection.Of(listed) : LayerSelection.All;
    }

    /// <summary>No more layers than any model has, whatever the spec says; TargetRules reports those beyond the model's.</summary>
    private static LayerSelection Range(int start, int count) => LayerSelection.Of(Enumerable.Range(start, Math.Min(count, 100_000)));
}
