using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>The values of a spec in a plan, by the table of keys.</summary>
internal static class SpecPlan
{
    /// <param name="blank">A plan of defaults, with as many tasks as the spec has.</param>
    /// <returns>The plan with what the spec says; then with what follows from that where keys are left out, or were refused.</returns>
    public static PipelinePlan Write(PipelinePlan blank, PipelineSpec spec)
    {
        var keys = Within(Keys.Root, blank).ToList();
        var plan = keys.OrderBy(key => key.Decides ? 0 : 1).Aggregate(blank, spec.Write);
        return keys.Where(key => !spec.IsGiven(key)).Aggregate(plan, (planned, key) => key.WriteLeftOut(planned));
    }

    /// <summary>A key and all within it, as many of each list's items as the plan has.</summary>
    private static IEnumerable<SpecKey> Within(SpecKey key, PipelinePlan plan)
    {
        var items = key.CountIn is { } count ? Enumerable.Range(0, count(plan)).Select(index => key.ItemAt!(index)) : [];
        return key.Keys.Concat(items).SelectMany(child => Within(child, plan)).Prepend(key);
    }
}
