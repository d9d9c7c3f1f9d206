namespace NoraPipelines.Plans;

/// <summary>Every kind of schedule with its defaults, in the order of the documents. A new one is a line here, its record and the library's class.</summary>
public static class SchedulePlans
{
    public static IReadOnlyList<SchedulePlan> All { get; } =
    [
        new CosineSchedulePlan(),
        new LinearSchedulePlan(),
        new ConstantSchedulePlan(),
        new WsdSchedulePlan(),
    ];

    /// <summary>What the rate does with each kind, for the documentation of `training.schedule.kind`.</summary>
    internal static string Sentence => string.Join("; ", All.Select(schedule => $"{schedule.Kind}: {schedule.Sentence}")) + ".";

    /// <summary>The keys of all kinds, each once.</summary>
    internal static IEnumerable<SpecKey> Keys => All.SelectMany(schedule => schedule.Keys).Distinct();

    /// <summary>The schedule of a spec's word, with its defaults.</summary>
    internal static SchedulePlan Of(string kind) => All.First(schedule => schedule.Kind == kind);
}
