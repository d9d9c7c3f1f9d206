namespace NoraPipelines.Plans;

/// <summary>A method as the spec language knows it.</summary>
/// <param name="Sentence">What it does, for the documentation of `adapter.method`.</param>
/// <param name="Blank">The method's plan before any key is read, with values that break no rule.</param>
internal sealed record PlannedMethod(string Sentence, AdapterPlan Blank)
{
    /// <summary>The spec's word.</summary>
    public string Name => Blank.Method;

    /// <summary>The keys that the method has for itself, in the order of the documents.</summary>
    public Func<IReadOnlyList<SpecKey>> Keys { get; init; } = () => [];

    /// <summary>Keys that a spec of this method cannot leave out, beside those that every spec needs.</summary>
    public Func<AdapterPlan, IEnumerable<NeededKey>> Needs { get; init; } = OneRank;

    /// <summary>Which rank `adapter.rank` is, for its documentation; null: the method's only one.</summary>
    public string? RankMeans { get; init; }

    /// <summary>What `adapter.start` is in PEFT's files, for its documentation; null: PEFT's form of the method.</summary>
    public string? StartsFrom { get; init; }

    /// <summary>Whether `adapter.start` is a folder of nested factors instead; the library's method says the same (`GoesOnFrom`).</summary>
    public bool StartsFromNested { get; init; }

    private static IEnumerable<NeededKey> OneRank(AdapterPlan adapter) =>
        [new(Plans.Keys.Adapter.Rank, $"method {adapter.Method} needs a rank: rank: 16")];
}

/// <summary>A key that must be there.</summary>
/// <param name="Within">Asked for only where this section is given; null: always.</param>
internal sealed record NeededKey(SpecKey Key, string Reason, SpecKey? Within = null);
