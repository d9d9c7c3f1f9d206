using System.Globalization;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning.Sweeps;

/// <summary>
/// The rank with which a variant trains no more than NoRA: the largest one of those that its method can have there. Counts and bounds
/// are those of the plan records and their checks.
/// </summary>
internal static class BudgetMatch
{
    /// <summary>The keys that say which of NoRA's matrices train, not how large they are.</summary>
    public static readonly string[] ShapeKeys = [NoraKeys.Structure.Path, NoraKeys.Position.Path, NoraKeys.OuterTrainable.Path];

    /// <summary>The keys that go with a rank, and that the sweep gives no value.</summary>
    public static IEnumerable<SweepChange> Changes(AdapterPlan adapter, int rank, Combination combination) => adapter.BesideRank(rank)
        .Where(beside => !combination.Changes.Any(change => beside.Key.Path == change.Path || beside.Key.Path.StartsWith(change.Path + ".", StringComparison.Ordinal)))
        .Prepend(new(adapter.RankKey!, rank))
        .Select(value => At(value.Key.Path, value.Value, combination.Place));

    /// <param name="plan">The variant with any rank that it can be planned with.</param>
    public static int LargestWithin(PipelinePlan plan, long budget)
    {
        var low = plan.Adapter.SmallestRank;
        var high = low;
        while (high < 1 << 24 && Fits(plan, high * 2, budget)) (low, high) = (high * 2, high * 2);
        high *= 2;
        while (high - low > 1)
        {
            var middle = low + (high - low) / 2;
            if (Fits(plan, middle, budget)) low = middle;
            else high = middle;
        }
        return low;
    }

    private static bool Fits(PipelinePlan plan, int rank, long budget)
    {
        var adapter = plan.Adapter.WithRank(rank)!;
        return ParameterCount.Trainable(plan.Model.Shape, adapter) <= budget
            && PlanChecks.Check(plan with { Adapter = adapter }).All(problem => problem.Id != "NORA104");
    }

    private static SweepChange At(string path, int value, Place place) =>
        new(path, new ScalarNode(value.ToString(CultureInfo.InvariantCulture), false, place), place);
}
