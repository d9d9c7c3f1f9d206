namespace NoraPipelines.Plans;

/// <summary>A schedule that falls to a share of the peak.</summary>
public abstract record FlooredSchedulePlan : SchedulePlan
{
    /// <summary>The share of the peak that remains at the end, 0 ≤ floor &lt; 1.</summary>
    public double Floor { get; init; }

    internal override IEnumerable<KeyValuePair<string, double>> Arguments => [new("floor", Floor)];

    internal override IReadOnlyList<SpecKey> Keys => [FloorKeys.Floor];
}

/// <summary>The key of schedules with a floor.</summary>
internal static class FloorKeys
{
    private static readonly ScheduleKeys<FlooredSchedulePlan> Of = new(new CosineSchedulePlan());

    public static readonly SpecKey<double> Floor = Of.Own(
        Of.Part.Share("floor", "Kinds cosine and wsd: the share of the peak that remains at the end.",
            schedule => schedule.Floor, (schedule, share) => schedule with { Floor = share }),
        "only kinds cosine and wsd have a floor");
}
