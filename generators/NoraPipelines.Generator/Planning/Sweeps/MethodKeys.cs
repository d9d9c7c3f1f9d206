using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning.Sweeps;

/// <summary>
/// Keys that only some methods have. Where a sweep varies the method, one spec holds those of all of them, and every variant is read
/// without the keys of others.
/// </summary>
internal static class MethodKeys
{
    /// <summary>The method that budgets are matched with.</summary>
    public static readonly string Nora = NoraPlan.Described.Name;

    /// <summary>A method's plan with values that break no rule; null for a word that is no method.</summary>
    public static AdapterPlan? Blank(string? method) => method is null ? null : PlannedMethods.Find(method)?.Blank;

    /// <summary>Whether a key, or the section that it is in, belongs to other methods alone.</summary>
    public static bool BelongsToOthers(SweepChange change, string method) =>
        OfOthers(method).Any(key => change.IsUnder(key.Path));

    /// <summary>The spec without the keys of other methods.</summary>
    /// <param name="before">The spec's own method. alpha is divided by the rank beside it: where that rank goes, alpha goes too.</param>
    public static MappingNode Without(MappingNode root, string method, string? before)
    {
        foreach (var key in OfOthers(method)) root = SpecTree.Remove(root, key.Path);
        return Blank(before) is { } old && (old.OneRank is null) != (Blank(method)?.OneRank is null) ? SpecTree.Remove(root, Keys.Adapter.Alpha.Path) : root;
    }

    private static IEnumerable<SpecKey> OfOthers(string method) => Blank(method) is not { } blank ? []
        : Keys.Root.AllWithin().Where(key => key.Owner is { } owner && !owner(blank));
}
