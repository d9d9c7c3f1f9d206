namespace NoraPipelines.Plans;

/// <summary>LoRA+: LoRA whose B learns at <see cref="RateRatio"/> times the rate.</summary>
public sealed record LoraPlusPlan : LowRankPlan
{
    internal static PlannedMethod Described { get; } = new("lora whose B learns faster", new LoraPlusPlan { Rank = 1, Alpha = 1 })
    {
        Keys = () => [LoraPlusKeys.RateRatio],
    };

    public override string Method => "lora_plus";

    public override string Title => $"LoRA+ {Rank}";

    public double RateRatio { get; init; } = 16;
}

/// <summary>Keys of LoRA+ alone.</summary>
internal static class LoraPlusKeys
{
    private static readonly MethodKeys<LoraPlusPlan> Of = new("adapter", new LoraPlusPlan { Rank = 1, Alpha = 1 });

    public static readonly SpecKey<double> RateRatio = Of.Own(
        Of.Part.Positive("rate_ratio", "Method lora_plus: B's learning rate divided by A's.",
            plan => plan.RateRatio, (plan, ratio) => plan with { RateRatio = ratio }),
        "only method lora_plus gives B a rate of its own");
}
