namespace NoraPipelines.Plans;

/// <summary>PiSSA: LoRA from the principal singular triples of W; the start is kept, frozen, to be taken out of W.</summary>
public sealed record PissaPlan : LowRankPlan
{
    internal static PlannedMethod Described { get; } = new("lora that starts as the principal part of the weight", new PissaPlan { Rank = 1, Alpha = 1 })
    {
        StartsFrom = "a LoRA of twice the rank",
    };

    public override string Method => "pissa";

    public override string Title => $"PiSSA {Rank}";

    public override long FrozenPerProjection(ProjectionShape projection) => (long)Rank * (projection.Out + projection.In);

    internal override bool FrozenInFloat32 => true;
}
