namespace NoraPipelines.Plans;

/// <summary>DoRA: h = g ⊙ (W + (α/r)·B·A)·x / ‖W + (α/r)·B·A‖, A [r, in], B [out, r], g [out]; all train.</summary>
public sealed record DoraPlan : LowRankPlan
{
    internal static PlannedMethod Described { get; } = new("lora on the direction of the rows, and their lengths", new DoraPlan { Rank = 1, Alpha = 1 });

    public override string Method => "dora";

    public override string Title => $"DoRA {Rank}";

    public override long TrainablePerProjection(ProjectionShape projection) => base.TrainablePerProjection(projection) + projection.Out;

    /// <summary>A·x, W·x and s·B·A·x.</summary>
    internal override long KeptPerToken(ProjectionShape projection) => Rank + 2L * projection.Out;
}
