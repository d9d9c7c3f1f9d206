namespace NoraPipelines.Plans;

/// <summary>LoKr: h = W·x + (α/r)·kron(w1, w2a·w2b)·x, w1 [l, m], w2a [k, r], w2b [r, n], out = l·k, in = m·n; all train.</summary>
public sealed record LokrPlan : LowRankPlan
{
    internal static PlannedMethod Described { get; } = new("a Kronecker product", new LokrPlan { Rank = 1, Alpha = 1 })
    {
        Keys = () => [LokrKeys.Factor],
    };

    public override string Method => "lokr";

    public override string Title => $"LoKr {Rank}";

    /// <summary>The small divisor that widths are split by, where it divides them; null: as evenly as possible.</summary>
    public int? Factor { get; init; }

    public override long TrainablePerProjection(ProjectionShape projection)
    {
        var ((l, k), (m, n)) = (Split(projection.Out, Factor), Split(projection.In, Factor));
        return (long)l * m + (long)Rank * (k + n);
    }

    /// <summary>The largest rank for which w2a·w2b is smaller than w2; from there on PEFT keeps w2 whole (peft/tuners/lokr/layer.py).</summary>
    public static int LargestRank(int outFeatures, int inFeatures, int? factor) =>
        (Math.Max(Split(outFeatures, factor).Large, Split(inFeatures, factor).Large) - 1) / 2;

    /// <summary>x·w2bᵀ [m, r] and that times w2aᵀ [m, k].</summary>
    internal override long KeptPerToken(ProjectionShape projection) =>
        (long)Split(projection.In, Factor).Small * (Rank + Split(projection.Out, Factor).Large);

    /// <summary>
    /// A width as a product (LyCORIS' factorization): <paramref name="factor"/> and the rest where it divides the width; otherwise the
    /// divisors nearest to the square root, the smaller first and not above the factor: 24 = 4·6.
    /// </summary>
    public static (int Small, int Large) Split(int width, int? factor = null)
    {
        if (factor is { } given && width % given == 0) return (given, width / given);
        var small = 1;
        for (var divisor = 1; (long)divisor * divisor <= width && divisor <= (factor ?? width); divisor++)
            if (width % divisor == 0) small = divisor;
        return (small, width / small);
    }

    internal override IEnumerable<PlanProblem> Check(PipelinePlan plan)
    {
        var small = TargetsIn(plan.Model.Shape)
            .Select(projection => (projection, Largest: LargestRank(projection.Out, projection.In, Factor)))
            .Where(target => Rank > target.Largest).OrderBy(target => target.Largest).ToList();
        if (small.Count == 0) yield break;
        var (worst, largest) = small[0];
        var (k, n) = (Split(worst.Out, Factor).Large, Split(worst.In, Factor).Large);
        yield return PlanProblem.At("NORA104", Keys.Adapter.Rank,
            $"rank {Rank} is above {largest}, the largest with which lokr's second factor of {worst.Name}, {k}×{n}, is smaller as a product than "
            + $"whole; use {(largest > 0 ? $"at most {largest}, or a smaller factor" : "a smaller factor")}, or leave {worst.Name} out of the targets");
    }
}

/// <summary>Keys of LoKr alone.</summary>
internal static class LokrKeys
{
    private static readonly MethodKeys<LokrPlan> Of = new("adapter", new LokrPlan { Rank = 1, Alpha = 1 });

    public static readonly SpecKey<int?> Factor = Of.Own(
        Of.Part.WholeOrNone("factor", "Method lokr: the small divisor that widths are split by, where it divides them; left out: as evenly as possible.",
            plan => plan.Factor, (plan, factor) => plan with { Factor = factor }, minimum: 1),
        "only method lokr splits widths into two factors");
}
