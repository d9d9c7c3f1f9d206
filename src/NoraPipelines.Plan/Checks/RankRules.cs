using System.Globalization;

namespace NoraPipelines.Plans;

/// <summary>Ranks fit into the projections they factorise, and save something.</summary>
internal static class RankRules
{
    public static IEnumerable<PlanProblem> Check(PipelinePlan plan) => plan.Adapter switch
    {
        NoraPlan nora => Fits(plan, nora.OuterRank, "adapter.outer.rank", "outer rank")
            .Concat(Nested(nora)).Concat(Scale(plan, nora)),
        LoraPlan lora => Fits(plan, lora.Rank, "adapter.rank", "rank"),
        LoraXsPlan lora => Fits(plan, lora.Rank, "adapter.rank", "rank"),
        LokrPlan lokr => Kronecker(plan, lokr),
        // VeRA's rank is that of random directions, which may be more than a projection has.
        VeraPlan => [],
        _ => plan.Adapter.OneRank is { } rank ? Fits(plan, rank, "adapter.rank", "rank") : [],
    };

    private static IEnumerable<PlanProblem> Kronecker(PipelinePlan plan, LokrPlan lokr)
    {
        var small = plan.Adapter.TargetsIn(plan.Model.Shape)
            .Select(projection => (projection, Largest: LokrPlan.LargestRank(projection.Out, projection.In, lokr.Factor)))
            .Where(target => lokr.Rank > target.Largest).OrderBy(target => target.Largest).ToList();
        if (small.Count == 0) yield break;
        var (worst, largest) = small[0];
        var (k, n) = (LokrPlan.Split(worst.Out, lokr.Factor).Large, LokrPlan.Split(worst.In, lokr.Factor).Large);
        yield return new("NORA104", ProblemSeverity.Error, "adapter.rank",
            $"rank {lokr.Rank} is above {largest}, the largest with which lokr's second factor of {worst.Name}, {k}×{n}, is smaller as a product than "
            + $"whole; use {(largest > 0 ? $"at most {largest}, or a smaller factor" : "a smaller factor")}, or leave {worst.Name} out of the targets");
    }

    private static IEnumerable<PlanProblem> Fits(PipelinePlan plan, int rank, string path, string name)
    {
        var small = plan.Adapter.TargetsIn(plan.Model.Shape).Where(projection => rank > projection.MaximumRank).ToList();
        if (small.Count == 0) yield break;
        var worst = small.OrderBy(projection => projection.MaximumRank).First();
        var others = small.Count == 1 ? ""
            : $" (so for {string.Join(", ", small.Where(other => other != worst).Select(other => other.Name).Distinct())})";
        yield return new("NORA104", ProblemSeverity.Error, path,
            $"{name} {rank} is above {worst.MaximumRank}, the largest rank that {worst.Name} of {worst.Out}×{worst.In} can have{others}; "
            + $"use at most {worst.MaximumRank}, or leave {worst.Name} out of the targets");
    }

    private static IEnumerable<PlanProblem> Nested(NoraPlan nora)
    {
        if (nora.Structure == InnerStructure.Adapter || nora.InnerRank < nora.OuterRank) yield break;
        yield return new("NORA105", ProblemSeverity.Warning, "adapter.inner.rank", nora is { Structure: InnerStructure.Serial, HasB: false }
            ? $"inner rank {nora.InnerRank} is not below outer rank {nora.OuterRank}: the inner pair then has at least as many parameters as "
            + "an unfactorised r×r matrix, so nothing is saved; use half of the outer rank or less"
            : $"inner rank {nora.InnerRank} is not below outer rank {nora.OuterRank}: the outer factors bound the rank of the change, so the pair "
            + "trains parameters that add nothing; use half of the outer rank or less");
    }

    private static IEnumerable<PlanProblem> Scale(PipelinePlan plan, NoraPlan nora)
    {
        var scale = nora.Alpha / nora.OuterRank;
        // Beside a rank that cannot be, the scale says nothing.
        if (scale is >= 0.25 and <= 4 || Fits(plan, nora.OuterRank, "", "").Any()) yield break;
        yield return new("NORA108", ProblemSeverity.Warning, "adapter.alpha",
            string.Format(CultureInfo.InvariantCulture,
                "alpha {0:R} with outer rank {1} scales the adapter by {2:0.####}; NoRA's outer pair already has the size of the weight, "
                + "so the scale belongs near 1 (0.25 to 4): use alpha {1}, or leave it out", nora.Alpha, nora.OuterRank, scale));
    }
}
