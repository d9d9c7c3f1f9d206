namespace NoraPipelines.Plans;

/// <summary>
/// One key of the spec language. The reader, the planner, run-time settings, the rules of what has no effect, sweeps, the JSON schema and docs/spec.md are
/// all made from it, so that a key is declared once.
/// </summary>
public abstract record SpecKey
{
    private protected SpecKey(string path, ValueKinds kinds, string doc) => (Path, Kinds, Doc) = (path, kinds, doc);

    /// <summary>With dots, from the spec's root: training.learning_rate, evaluation.0.batch. Empty for the spec itself.</summary>
    public string Path { get; }

    /// <summary>The last word of <see cref="Path"/>; a number for an item of a list.</summary>
    public string Name => Path.Substring(Path.LastIndexOf('.') + 1);

    public ValueKinds Kinds { get; init; }

    /// <summary>One sentence for the documentation, the schema and editors.</summary>
    public string Doc { get; }

    public bool Required { get; init; }

    /// <summary>Whether a run may set the key (`--set`); the others shape the program and are fixed at build.</summary>
    public bool RunTime { get; init; }

    /// <summary>Why a plan has no such setting for a run, though the program has the key; null where it has.</summary>
    internal Func<PipelinePlan, string?>? Obstacle { get; init; }

    /// <summary>A path: one that a user types is relative to the folder that they are in.</summary>
    internal bool IsPath { get; init; }

    /// <summary>The value where the key is left out, as YAML; null where leaving it out means that there is none.</summary>
    public string? Default { get; init; }

    public double? Minimum { get; init; }

    public double? Maximum { get; init; }

    /// <summary>The value must be above <see cref="Minimum"/>, not at it.</summary>
    public bool AboveMinimum { get; init; }

    /// <summary>The value must be below <see cref="Maximum"/>, not at it.</summary>
    public bool BelowMaximum { get; init; }

    /// <summary>The words that a text must be one of; empty: any text.</summary>
    public EquatableArray<string> Words { get; init; }

    /// <summary>Whether white space, or for a description or separator nothing at all, is a value.</summary>
    internal Blank MayBeBlank { get; init; }

    /// <summary>Words of the language whose work is not in this version.</summary>
    public EquatableArray<string> Later { get; init; }

    /// <summary>A regular expression that the whole text matches, and how a message describes it.</summary>
    public (string Expression, string Description)? Pattern { get; init; }

    /// <summary>What each item of a list is, by its number.</summary>
    internal Func<int, SpecKey>? ItemAt { get; init; }

    /// <summary>How many items a plan has in this list; null where the plan's own value is the list.</summary>
    internal Func<PipelinePlan, int>? CountIn { get; init; }

    /// <summary>Whether a list may not name the same item twice.</summary>
    internal bool Distinct { get; init; }

    public SpecKey? Item => ItemAt?.Invoke(0);

    /// <summary>Set where a mapping takes paths of the spec as keys too: what they mean, for the documentation.</summary>
    public string? PathKeys { get; init; }

    /// <summary>The keys of a mapping.</summary>
    public IReadOnlyList<SpecKey> Keys { get; init; } = [];

    /// <summary>Keys of this mapping of which exactly one is given.</summary>
    internal IReadOnlyList<SpecKey> ExactlyOne { get; init; } = [];

    /// <summary>What makes the key, and all within it, meaningless.</summary>
    internal IReadOnlyList<NoEffect> NoEffects { get; init; } = [];

    /// <summary>The methods that have the key; null: all. A sweep over methods reads each variant without the keys of others.</summary>
    internal Func<AdapterPlan, bool>? Owner { get; init; }

    /// <summary>Whether the planned value decides defaults of other keys, so that it is planned before them.</summary>
    internal bool Decides { get; init; }

    public SpecKey? Find(string name, StringComparison comparison = StringComparison.Ordinal) =>
        Keys.FirstOrDefault(key => key.Name.Equals(name, comparison));

    /// <summary>Whether the key's own value, which may be one of several forms that it has in a spec, is of one of these kinds.</summary>
    internal abstract bool Takes(ValueKinds kinds);

    /// <summary>The plan with a value of the right kind and bounds in its place; the plan itself for a key that a planner reads by hand.</summary>
    internal abstract PipelinePlan Write(PipelinePlan plan, SpecNode value);

    /// <summary>The plan with what follows from the others where the key is left out.</summary>
    internal abstract PipelinePlan WriteLeftOut(PipelinePlan plan);

    /// <summary>This key and all within it, in the table's order; lists once, by their first item.</summary>
    internal IEnumerable<SpecKey> AllWithin() =>
        Keys.Concat(Item is { } item ? [item] : []).SelectMany(key => key.AllWithin()).Prepend(this);

    public sealed override string ToString() => Path;
}

/// <summary>Which empty texts are a value.</summary>
internal enum Blank
{
    No,
    WhiteSpace,
    Nothing,
}

/// <summary>A rule under which a key says nothing.</summary>
/// <param name="On">The key whose value decides; where that was refused or is missing, nothing is said. Null: none.</param>
/// <param name="Reason">For a plan: why; null where the key has its effect.</param>
internal sealed record NoEffect(SpecKey? On, Func<PipelinePlan, string?> Reason);
