namespace NoraPipelines.Plans;

/// <summary>A rank fits into the projections that it factorises.</summary>
internal static class RankFit
{
    public static IEnumerable<PlanProblem> Check(PipelinePlan plan, int rank, SpecKey key, string name)
    {
        var small = plan.Adapter.TargetsIn(plan.Model.Shape).Where(projection => rank > projection.MaximumRank).ToList();
        if (small.Count == 0) yield break;
        var worst = small.OrderBy(projection => projection.MaximumRank).First();
        var others = small.Count == 1 ? ""
            : $" (so for {string.Join(", ", small.Where(other => other != worst).Select(other => other.Name).Distinct())})";
        yield return PlanProblem.At("NORA104", key,
            $"{name} {rank} is above {worst.MaximumRank}, the largest rank that {worst.Name} of {worst.Out}×{worst.In} can have{others}; "
            + $"use at most {worst.MaximumRank}, or leave {worst.Name} out of the targets");
    }
}
