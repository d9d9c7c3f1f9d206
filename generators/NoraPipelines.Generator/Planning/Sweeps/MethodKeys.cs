using NoraPipelines.Generator.Spec;

namespace NoraPipelines.Generator.Planning.Sweeps;

/// <summary>
/// Keys that only some methods have. Where a sweep varies the method, one spec holds those of all of them, and every variant is read
/// without the keys of others.
/// </summary>
internal static class MethodKeys
{
    private static readonly (string Key, Func<string, bool> Has)[] Owners =
    [
        ("adapter.outer", IsNora),
        ("adapter.inner", IsNora),
        ("calibration", IsNora),
        ("adapter.rank", HasOneRank),
        ("adapter.budget", method => method == "adalora"),
        ("adapter.rank_at", method => method == "dylora"),
        ("adapter.rate_ratio", method => method == "lora_plus"),
        ("adapter.d_initial", method => method == "vera"),
        ("adapter.projection_seed", method => method == "vera"),
        ("adapter.factor", method => method == "lokr"),
        ("adapter.alpha", method => method is not ("vera" or "full")),
        ("adapter.targets", IsAdapter),
        ("adapter.layers", IsAdapter),
        ("adapter.dropout", IsAdapter),
        ("export.peft", IsAdapter),
    ];

    public static bool IsNora(string method) => method == "nora";

    public static bool HasOneRank(string method) => !IsNora(method) && IsAdapter(method);

    /// <summary>Whether a key, or the section that it is in, belongs to other methods alone.</summary>
    public static bool BelongsToOthers(SweepChange change, string method) => Owners.Any(owner => !owner.Has(method) && change.IsUnder(owner.Key));

    /// <summary>The spec without the keys of other methods.</summary>
    /// <param name="before">The spec's own method. alpha is divided by the rank beside it: where that rank goes, alpha goes too.</param>
    public static MappingNode Without(MappingNode root, string method, string? before)
    {
        foreach (var owner in Owners.Where(owner => !owner.Has(method))) root = SpecTree.Remove(root, owner.Key);
        return before is not null && IsNora(before) != IsNora(method) ? SpecTree.Remove(root, "adapter.alpha") : root;
    }

    private static bool IsAdapter(string method) => method != "full";
}
