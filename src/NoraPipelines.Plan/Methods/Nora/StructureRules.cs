using System.Globalization;

namespace NoraPipelines.Plans;

/// <summary>Structure, position and start of NoRA's inner matrices fit together (docs/design-space.md).</summary>
internal static class StructureRules
{
    public static IEnumerable<PlanProblem> Check(PipelinePlan plan, NoraPlan nora)
    {
        if (nora.InnerInit == InnerInitialization.Singular && Singular(nora) is { } reason)
            yield return PlanProblem.At("NORA135", NoraKeys.InnerInit, reason);
        if (nora is { InnerInit: InnerInitialization.UniformZero, Position: InnerPosition.WAAndWB, Structure: not InnerStructure.Parallel })
            yield return PlanProblem.At("NORA135", NoraKeys.InnerInit,
                $"init uniform_zero sets one factor at w_a and one at w_b to zero, and in the {Words.Of(nora.Structure)} structure each stands in the "
                + "other's gradient, so nothing would ever train; use init normal, or one position");
        if (nora is { Structure: InnerStructure.Adapter, HasB: true } && Largest(plan) is { } largest)
            yield return PlanProblem.At("NORA105", NoraKeys.Position,
                $"structure adapter at {Words.Of(nora.Position)} trains a matrix of out×out: {(long)largest.Out * largest.Out} parameters for "
                + $"{largest.Name} of {largest.Out}×{largest.In}, as many as its weight has or more; use position w_a, or structure serial");
    }

    public static IEnumerable<PlanProblem> Nested(NoraPlan nora)
    {
        if (nora.Structure == InnerStructure.Adapter || nora.InnerRank < nora.OuterRank) yield break;
        yield return PlanProblem.At("NORA105", NoraKeys.InnerRank, nora is { Structure: InnerStructure.Serial, HasB: false }
            ? $"inner rank {nora.InnerRank} is not below outer rank {nora.OuterRank}: the inner pair then has at least as many parameters as "
            + "an unfactorised r×r matrix, so nothing is saved; use half of the outer rank or less"
            : $"inner rank {nora.InnerRank} is not below outer rank {nora.OuterRank}: the outer factors bound the rank of the change, so the pair "
            + "trains parameters that add nothing; use half of the outer rank or less");
    }

    public static IEnumerable<PlanProblem> Scale(PipelinePlan plan, NoraPlan nora)
    {
        var scale = nora.Alpha / nora.OuterRank;
        // Beside a rank that cannot be, the scale says nothing.
        if (scale is >= 0.25 and <= 4 || RankFit.Check(plan, nora.OuterRank, NoraKeys.OuterRank, "").Any()) yield break;
        yield return PlanProblem.At("NORA108", Keys.Adapter.Alpha,
            string.Format(CultureInfo.InvariantCulture,
                "alpha {0:R} with outer rank {1} scales the adapter by {2:0.####}; NoRA's outer pair already has the size of the weight, "
                + "so the scale belongs near 1 (0.25 to 4): use alpha {1}, or leave it out", nora.Alpha, nora.OuterRank, scale));
    }

    /// <summary>Why the inner matrices cannot start from singular values; null where they can.</summary>
    private static string? Singular(NoraPlan nora)
    {
        if (nora.OuterInit == OuterInitialization.Random)
            return "init singular starts from the singular values of the outer pair, and outer.init random has none; "
                + "use outer.init svd or awsvd, or init normal";
        if (nora is { Structure: not InnerStructure.Parallel, HasB: false }) return null;
        var channels = nora.Structure == InnerStructure.Parallel
            ? "structure parallel adds a pair whose outer side is the channels of the projection"
            : $"position {Words.Of(nora.Position)} puts a factor on the output's channels";
        return $"init singular weights the r directions between A and B by their singular values, but {channels}, which have none; "
            + "use init normal or uniform_zero, or structure serial or adapter at w_a";
    }

    private static ProjectionShape? Largest(PipelinePlan plan) => plan.Adapter.TargetsIn(plan.Model.Shape)
        .Where(projection => projection.Out >= projection.In)
        .OrderByDescending(projection => projection.Out).FirstOrDefault();
}
