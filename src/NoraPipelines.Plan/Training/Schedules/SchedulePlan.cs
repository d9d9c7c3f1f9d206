namespace NoraPipelines.Plans;

/// <summary>
/// What the learning rate does over the steps: it rises from zero to the peak in a line, and then each kind goes on in its own way. The
/// library's class that does it has the record's name without "Plan".
/// </summary>
public abstract record SchedulePlan
{
    /// <summary>The spec's word: cosine.</summary>
    public abstract string Kind { get; }

    /// <summary>What the rate does after warm-up, for the documentation of `training.schedule.kind`.</summary>
    internal abstract string Sentence { get; }

    /// <summary>Share of the steps in which the rate rises from zero, 0 ≤ ratio &lt; 1.</summary>
    public double WarmupRatio { get; init; }

    /// <summary>The library's class.</summary>
    internal string ClassName => GetType().Name.Replace("Plan", "");

    /// <summary>The kind's own numbers, by the names that the library's class gives them.</summary>
    internal virtual IEnumerable<KeyValuePair<string, double>> Arguments => [];

    /// <summary>The keys that the kind has beside kind and warmup_ratio, in the order of the documents.</summary>
    internal virtual IReadOnlyList<SpecKey> Keys => [];

    /// <summary>What is wrong with its numbers together.</summary>
    internal virtual IEnumerable<PlanProblem> Check() => [];
}
