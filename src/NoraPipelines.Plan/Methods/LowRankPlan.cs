namespace NoraPipelines.Plans;

/// <summary>A method around LoRA's pair (Eq. 1): B·A of rank r with A [r, in] and B [out, r], both trained unless the method says otherwise.</summary>
public abstract record LowRankPlan : AdapterPlan
{
    public override int? OneRank => Rank;

    public override AdapterPlan WithRank(int rank) => this with { Rank = rank };

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    internal override double? Scaling => Alpha;

    internal override AdapterPlan WithScaling(double alpha) => this with { Alpha = alpha };

    public override long TrainablePerProjection(ProjectionShape projection) => (long)Rank * (projection.Out + projection.In);
}
