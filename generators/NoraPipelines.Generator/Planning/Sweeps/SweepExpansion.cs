using NoraPipelines.Plans;


namespace NoraPipelines.Generator.Planning.Sweeps;

/// <summary>Axes and variants → combinations, and each combination → the tree of a spec without a sweep.</summary>
internal sealed class SweepExpansion
{
    /// <summary>More would be a typing error, or a build of minutes.</summary>
    public const int MostVariants = 256;

    private static readonly string MethodPath = Keys.Adapter.Method.Path;

    private readonly MappingNode _base;
    private readonly bool _methodVaries;

    /// <param name="root">The spec, its sweep left out.</param>
    public SweepExpansion(MappingNode root, SweepSpec sweep)
    {
        _base = root;
        _methodVaries = sweep.Axes.Any(axis => axis.Path == MethodPath)
            || sweep.Listed.Any(variant => variant.Changes.Any(change => change.Path == MethodPath));
    }

    /// <summary>The method of the spec itself; null where it has none that is a word.</summary>
    public string? BaseMethod => (SpecTree.Find(_base, MethodPath) as ScalarNode)?.Text;

    public static long Count(SweepSpec sweep) =>
        (sweep.Axes.Count == 0 ? 0 : sweep.Axes.Aggregate(1L, (product, axis) => Math.Min(product * axis.Values.Count, int.MaxValue))) + sweep.Listed.Count;

    /// <summary>The product of the axes, the last one fastest, then the variants of the list.</summary>
    /// <param name="matched">Whether a value that a method has no use for still tells variants apart, by the NoRA that they are matched with.</param>
    public IReadOnlyList<Combination> Combinations(SweepSpec sweep, bool matched)
    {
        var combinations = new List<Combination>();
        if (sweep.Axes.Count > 0)
        {
            IEnumerable<IReadOnlyList<SweepChange>> products = [[]];
            foreach (var axis in sweep.Axes)
                products = products.SelectMany(before => axis.Values.Select(value => (IReadOnlyList<SweepChange>)[.. before, new SweepChange(axis.Path, value, axis.KeyPlace)]));
            foreach (var asked in products.ToList())
            {
                var method = Method(asked);
                IReadOnlyList<SweepChange> changes = method is null || !_methodVaries ? asked
                    : [.. asked.Where(change => !MethodKeys.BelongsToOthers(change, method))];
                var kept = matched && method is not null && MethodKeys.Blank(method)?.OneRank is not null ? asked : changes;
                if (combinations.Any(other => SameValues(other.Asked, kept))) continue;
                var place = (asked.FirstOrDefault(change => change.Path == MethodPath) ?? asked[asked.Count - 1]).Value.Place;
                combinations.Add(new Combination(null, place, kept, changes));
            }
        }
        combinations.AddRange(sweep.Listed.Select(variant => new Combination(variant.Name, variant.Place, variant.Changes, variant.Changes)));
        return combinations;
    }

    /// <summary>The method of a variant; null where that is no word.</summary>
    public string? Method(IReadOnlyList<SweepChange> changes) =>
        changes.FirstOrDefault(change => change.Path == MethodPath) is { } change ? (change.Value as ScalarNode)?.Text : BaseMethod;

    /// <summary>The spec with changes, without the keys of methods other than its own where the sweep varies the method.</summary>
    public MappingNode Apply(IReadOnlyList<SweepChange> changes)
    {
        var tree = _methodVaries && Method(changes) is { } method ? MethodKeys.Without(_base, method, BaseMethod) : _base;
        return Overlay(tree, changes);
    }

    public static MappingNode Overlay(MappingNode tree, IEnumerable<SweepChange> changes)
    {
        foreach (var change in changes)
            tree = change.Removes ? SpecTree.Remove(tree, change.Path) : SpecTree.Set(tree, change.Path, change.Value, change.KeyPlace);
        return tree;
    }

    private static bool SameValues(IReadOnlyList<SweepChange> left, IReadOnlyList<SweepChange> right) =>
        left.Select(Key).SequenceEqual(right.Select(Key));

    private static string Key(SweepChange change) => change.Path + "=" + SpecTree.Text(change.Value);
}
