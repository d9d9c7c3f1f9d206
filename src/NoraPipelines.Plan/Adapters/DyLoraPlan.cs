namespace NoraPipelines.Plans;

/// <summary>
/// DyLoRA: LoRA, A [r, in] and B [out, r], that is cut to a rank b drawn for every step, so that every prefix of its ranks is an adapter.
/// </summary>
public sealed record DyLoraPlan : AdapterPlan
{
    public override string Method => "dylora";

    public override int? OneRank => Rank;

    public override AdapterPlan WithRank(int rank) => this with { Rank = rank };

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    /// <summary>The rank at which the adapter is evaluated, exported and merged.</summary>
    public required int RankAt { get; init; }

    public override long TrainablePerProjection(ProjectionShape projection) => (long)Rank * (projection.Out + projection.In);

    public override long FrozenPerProjection(ProjectionShape projection) => 0;
}
