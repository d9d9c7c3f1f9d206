namespace NoraPipelines.Plans;

/// <summary>What the adapters of one layer keep for their backward pass.</summary>
internal static class KeptByAdapters
{
    /// <summary>Values a token.</summary>
    /// <param name="projections">Of one stack.</param>
    public static long PerToken(AdapterPlan adapter, IEnumerable<ProjectionShape> projections)
    {
        var targets = projections.Where(projection => adapter is FullPlan || adapter.Targets.Any(projection.IsNamed)).ToList();
        return targets.Sum(adapter.KeptPerToken) + (adapter.KeepsInputs ? Inputs(targets) : 0);
    }

    /// <summary>A tensor that several projections read is kept once.</summary>
    private static long Inputs(IEnumerable<ProjectionShape> targets) =>
        targets.GroupBy(target => target.Input).Sum(group => (long)group.First().In);
}
