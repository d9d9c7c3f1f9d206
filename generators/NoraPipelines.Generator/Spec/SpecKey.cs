using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Spec;

/// <summary>The kinds of values that a key takes; several where a key has several forms.</summary>
[Flags]
internal enum ValueKinds
{
    Text = 1,
    Whole = 2,
    Number = 4,
    Switch = 8,
    Nothing = 16,
    List = 32,
    Mapping = 64,
}

/// <summary>One key of the spec language: the reader, the JSON schema and docs/spec.md are all made from it.</summary>
/// <param name="Name">The key's own name; empty for the items of a list.</param>
/// <param name="Doc">One sentence for the documentation, the schema and editors.</param>
internal sealed record SpecKey(string Name, ValueKinds Kinds, string Doc)
{
    public bool Required { get; init; }

    /// <summary>Whether a run may override the key (`--set`); the others shape the program and are fixed at build.</summary>
    public bool RunTime { get; init; }

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

    /// <summary>Whether white space alone is a value.</summary>
    public bool MayBeBlank { get; init; }

    /// <summary>Words of the language whose work is not in this version.</summary>
    public EquatableArray<string> Later { get; init; }

    /// <summary>Set where the whole key belongs to work that is not in this version: what there is instead.</summary>
    public string? Instead { get; init; }

    /// <summary>A regular expression that the whole text matches, and how a message describes it.</summary>
    public (string Expression, string Description)? Pattern { get; init; }

    /// <summary>What each item of a list is.</summary>
    public SpecKey? Item { get; init; }

    /// <summary>Set where a mapping takes paths of the spec as keys too: what they mean, for the documentation.</summary>
    public string? PathKeys { get; init; }

    /// <summary>The keys of a mapping.</summary>
    public IReadOnlyList<SpecKey> Keys { get; init; } = [];

    public SpecKey? Find(string name) => Keys.FirstOrDefault(key => key.Name == name);
}
