using System.Globalization;
using NoraPipelines.Generator.Spec;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning.Sweeps;

/// <summary>
/// The rank with which a variant trains no more than NoRA: the largest one of those that its method can have there. Counts and bounds
/// are those of the plan records and their checks.
/// </summary>
internal static class BudgetMatch
{
    /// <summary>The keys that say which of NoRA's matrices train, not how large they are.</summary>
    public static readonly string[] ShapeKeys = ["adapter.inner.structure", "adapter.inner.position", "adapter.outer.trainable"];

    /// <summary>The key that a method's rank is; null for a method that has none.</summary>
    public static string? RankKey(AdapterPlan adapter) => adapter switch
    {
        NoraPlan { Structure: InnerStructure.Adapter } => "adapter.outer.rank",
        NoraPlan => "adapter.inner.rank",
        _ => adapter.OneRank is null ? null : "adapter.rank",
    };

    /// <summary>Whether two adapters count alike, so that there is nothing to match.</summary>
    public static bool SameShape(AdapterPlan left, AdapterPlan right) => (left, right) switch
    {
        (NoraPlan a, NoraPlan b) => a.Structure == b.Structure && a.Position == b.Position && a.OuterTrainable == b.OuterTrainable,
        _ => left.Method == right.Method,
    };

    /// <summary>AdaLoRA gives ranks from one projection to another and so needs one to spare.</summary>
    public static int Smallest(string method) => method == "adalora" ? 2 : 1;

    /// <summary>The keys that go with a rank which the sweep gives no value: of adalora, the rank that two thirds of are left at the end.</summary>
    public static IEnumerable<SweepChange> Changes(AdapterPlan adapter, int rank, Combination combination)
    {
        yield return At(RankKey(adapter)!, rank, combination.Place);
        if (adapter is AdaLoraPlan && combination.Change("adapter.budget.target_rank") is null && combination.Change("adapter.budget") is null)
            yield return At("adapter.budget.target_rank", Math.Max(1, 2 * rank / 3), combination.Place);
    }

    /// <param name="plan">The variant with any rank that it can be planned with.</param>
    public static int LargestWithin(PipelinePlan plan, long budget)
    {
        var low = Smallest(plan.Adapter.Method);
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
