namespace NoraPipelines.Plans;

/// <summary>LoRA (Eq. 1): h = W·x + (α/r)·B·A·x, A [r, in] Kaiming, B [out, r] zero; both train.</summary>
public sealed record LoraPlan : LowRankPlan
{
    internal static PlannedMethod Described { get; } = new("the baseline", new LoraPlan { Rank = 1, Alpha = 1 });

    public override string Method => "lora";

    public override string Title => $"LoRA {Rank}";
}
