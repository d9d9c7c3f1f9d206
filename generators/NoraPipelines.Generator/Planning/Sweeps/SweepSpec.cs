using NoraPipelines.Plans;


namespace NoraPipelines.Generator.Planning.Sweeps;

/// <summary>A spec's `sweep` as it was written, as far as it is right.</summary>
/// <param name="KeyPlace">Of `sweep` itself.</param>
/// <param name="BudgetPlace">Where matched_budget is asked for; null: it is not.</param>
internal sealed record SweepSpec(Place KeyPlace, IReadOnlyList<SweepAxis> Axes, IReadOnlyList<ListedVariant> Listed, Place? BudgetPlace);

/// <summary>A key of the spec and the values that it takes in turn.</summary>
internal sealed record SweepAxis(string Path, Place KeyPlace, IReadOnlyList<SpecNode> Values);

/// <summary>A variant that was given its name.</summary>
internal sealed record ListedVariant(string Name, Place Place, IReadOnlyList<SweepChange> Changes);

/// <summary>One key whose value a variant changes.</summary>
internal sealed record SweepChange(string Path, SpecNode Value, Place KeyPlace)
{
    /// <summary>Whether the key is taken away.</summary>
    public bool Removes => Value is ScalarNode { IsNull: true };

    public bool IsUnder(string section) => Path == section || Path.StartsWith(section + ".", StringComparison.Ordinal);
}
