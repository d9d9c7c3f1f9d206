namespace NoraPipelines.Plans;

/// <summary>LoRA-XS: h = W·x + (α/r)·B·R·A·x, A and B frozen from the truncated SVD of W, R [r, r] trains.</summary>
public sealed record LoraXsPlan : LowRankPlan
{
    internal static PlannedMethod Described { get; } = new("a square core between frozen factors of the SVD", new LoraXsPlan { Rank = 1, Alpha = 1 })
    {
        StartsFromNested = true,
    };

    public override string Method => "lora_xs";

    public override string Title => $"LoRA-XS {Rank}";

    internal override bool KeepsInputs => false;

    public override long TrainablePerProjection(ProjectionShape projection) => (long)Rank * Rank;

    public override long FrozenPerProjection(ProjectionShape projection) => (long)Rank * (projection.Out + projection.In);
}
