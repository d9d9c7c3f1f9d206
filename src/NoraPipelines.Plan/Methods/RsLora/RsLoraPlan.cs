namespace NoraPipelines.Plans;

/// <summary>rsLoRA: LoRA with the scale α/√r.</summary>
public sealed record RsLoraPlan : LowRankPlan
{
    internal static PlannedMethod Described { get; } = new("lora scaled by alpha / √rank", new RsLoraPlan { Rank = 1, Alpha = 1 });

    public override string Method => "rslora";

    public override string Title => $"rsLoRA {Rank}";
}
