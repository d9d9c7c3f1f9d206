namespace NoraPipelines.Plans;

/// <summary>
/// DyLoRA: LoRA, A [r, in] and B [out, r], that is cut to a rank b drawn for every step, so that every prefix of its ranks is an adapter.
/// </summary>
public sealed record DyLoraPlan : LowRankPlan
{
    internal static PlannedMethod Described { get; } = new("an adapter at every rank", new DyLoraPlan { Rank = 1, Alpha = 1, RankAt = 1 })
    {
        Keys = () => [DyLoraKeys.RankAt],
    };

    public override string Method => "dylora";

    public override string Title => $"DyLoRA {Rank}";

    /// <summary>The rank at which the adapter is evaluated, exported and merged.</summary>
    public required int RankAt { get; init; }

    internal override IReadOnlyList<SpecKey> RelativeToRank => [.. base.RelativeToRank, DyLoraKeys.RankAt];

    internal override IEnumerable<PlanProblem> Check(PipelinePlan plan) => RankAt <= Rank ? base.Check(plan) : base.Check(plan).Append(
        PlanProblem.At("NORA136", DyLoraKeys.RankAt,
            $"rank_at {RankAt} is above the adapter's rank {Rank}; use at most {Rank}"));
}

/// <summary>Keys of DyLoRA alone.</summary>
public static class DyLoraKeys
{
    private static readonly MethodKeys<DyLoraPlan> Of = new("adapter", new DyLoraPlan { Rank = 1, Alpha = 1, RankAt = 1 });

    public static readonly SpecKey<int> RankAt = Of.Own(
        Of.Part.Whole("rank_at", "Method dylora: the rank at which the adapter is evaluated, exported and merged; left out: the rank.",
            plan => plan.RankAt, (plan, rank) => plan with { RankAt = rank }, minimum: 1).Derived(plan => plan.Adapter.OneRank ?? 1) with
        { RunTime = true },
        "only method dylora is cut to a rank");
}
