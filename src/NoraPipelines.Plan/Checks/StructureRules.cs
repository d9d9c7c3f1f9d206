namespace NoraPipelines.Plans;

/// <summary>Structure, position and start of NoRA's inner matrices fit together (docs/design-space.md).</summary>
internal static class StructureRules
{
    public static IEnumerable<PlanProblem> Check(PipelinePlan plan)
    {
        if (plan.Adapter is not NoraPlan nora) yield break;
        if (nora.InnerInit == InnerInitialization.Singular && Singular(nora) is { } reason)
            yield return new("NORA135", ProblemSeverity.Error, "adapter.inner.init", reason);
        if (nora is { InnerInit: InnerInitialization.UniformZero, Position: InnerPosition.WAAndWB, Structure: not InnerStructure.Parallel })
            yield return new("NORA135", ProblemSeverity.Error, "adapter.inner.init",
                $"init uniform_zero sets one factor at w_a and one at w_b to zero, and in the {Words.Of(nora.Structure)} structure each stands in the "
                + "other's gradient, so nothing would ever train; use init normal, or one position");
        if (nora is { Structure: InnerStructure.Adapter, HasB: true } && Largest(plan) is { } largest)
            yield return new("NORA105", ProblemSeverity.Warning, "adapter.inner.position",
                $"structure adapter at {Words.Of(nora.Position)} trains a matrix of out×out: {(long)largest.Out * largest.Out} parameters for "
                + $"{largest.Name} of {largest.Out}×{largest.In}, as many as its weight has or more; use position w_a, or structure serial");
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
