namespace NoraPipelines.Plans;

/// <summary>The only place where trainable parameters are counted (docs/method.md, section 6).</summary>
public static class ParameterCount
{
    /// <summary>Trainable parameters of the adapter on all of its targets; for full training, of the whole model.</summary>
    public static long Trainable(ModelShape shape, AdapterPlan adapter) =>
        adapter.TrainsModel ? shape.LoadedParameters : Targets(shape, adapter).Sum(target => target.Trainable);

    /// <summary>Frozen parameters that the adapter adds to the model: outer factors, and what all targets share once.</summary>
    public static long Frozen(ModelShape shape, AdapterPlan adapter)
    {
        var targets = Targets(shape, adapter).ToList();
        return targets.Sum(target => target.Layers * adapter.FrozenPerProjection(target.Projection))
            + (targets.Count > 0 ? adapter.SharedParameters(targets.Select(target => target.Projection).ToList()) : 0);
    }

    /// <summary>The count for each projection that the targets name; one that stands in several stacks has an entry for each.</summary>
    public static IEnumerable<TargetCount> Targets(ModelShape shape, AdapterPlan adapter) =>
        from projection in adapter.TargetsIn(shape)
        let layers = adapter.Layers.Count(projection.Layers)
        select new TargetCount(projection, layers, layers * adapter.TrainablePerProjection(projection));
}

/// <summary>One target of an adapter: its projection, in how many layers, and the trainable parameters of all of them.</summary>
public sealed record TargetCount(ProjectionShape Projection, int Layers, long Trainable);
