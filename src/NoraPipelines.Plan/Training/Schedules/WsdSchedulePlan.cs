using System.Globalization;

namespace NoraPipelines.Plans;

/// <summary>Warm-up, stable, decay: the peak for most of the run, then a line to the floor (MiniCPM, arXiv:2404.06395).</summary>
public sealed record WsdSchedulePlan : FlooredSchedulePlan
{
    public override string Kind => "wsd";

    internal override string Sentence => "stays at the peak and falls in a line during the last steps";

    /// <summary>Share of the steps in which the rate falls, 0 &lt; ratio &lt; 1.</summary>
    public double DecayRatio { get; init; } = 0.1;

    internal override IEnumerable<KeyValuePair<string, double>> Arguments => [new("decayRatio", DecayRatio), .. base.Arguments];

    internal override IReadOnlyList<SpecKey> Keys => [WsdKeys.DecayRatio, .. base.Keys];

    internal override IEnumerable<PlanProblem> Check()
    {
        if ((decimal)WarmupRatio + (decimal)DecayRatio > 1)
            yield return PlanProblem.At("NORA122", WsdKeys.DecayRatio, string.Format(CultureInfo.InvariantCulture,
                "decay_ratio {0} and warmup_ratio {1} are more than all steps together; lower one of them, such as decay_ratio to {2}",
                DecayRatio, WarmupRatio, 1 - (decimal)WarmupRatio));
    }
}

/// <summary>Keys of kind wsd alone.</summary>
internal static class WsdKeys
{
    private static readonly ScheduleKeys<WsdSchedulePlan> Of = new(new WsdSchedulePlan());

    public static readonly SpecKey<double> DecayRatio = Of.Own(
        Of.Part.InnerShare("decay_ratio", "Kind wsd: the share of the steps, at the end, in which the rate falls.",
            schedule => schedule.DecayRatio, (schedule, share) => schedule with { DecayRatio = share }),
        "only kind wsd has steps of decay");
}
