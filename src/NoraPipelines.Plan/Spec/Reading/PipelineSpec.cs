namespace NoraPipelines.Plans;

/// <summary>
/// A spec as it was written: the values that fit the key table, by path (adapter.outer.rank, evaluation.0.task), nothing defaulted.
/// A value that was refused is absent here and <see cref="WasRefused"/> there, so that no second problem is made of it.
/// </summary>
internal sealed class PipelineSpec(
    IReadOnlyDictionary<string, SpecNode> values, IReadOnlyDictionary<string, Place> keys, HashSet<string> refused)
{
    /// <summary>Whether the key is in the file, rightly or wrongly.</summary>
    public bool Has(SpecKey key) => keys.ContainsKey(key.Path);

    /// <summary>Whether something at a path, or in it, was reported already.</summary>
    public bool WasRefused(string path) => refused.Contains(path);

    /// <summary>Whether a value that others depend on is known: given rightly, or left out where that says something.</summary>
    public bool IsKnown(SpecKey key) => !refused.Contains(key.Path) && (Has(key) || !key.Required);

    /// <summary>The value where it is given rightly, in the form that the key's type is of: a list of a key that also takes a word is none.</summary>
    public bool TryGet<T>(SpecKey<T> key, out T value)
    {
        var node = Node(key);
        value = node is null ? default! : key.Read(node);
        return node is not null;
    }

    /// <summary>The value where it is given rightly.</summary>
    /// <param name="otherwise">Where it is not.</param>
    public T Get<T>(SpecKey<T> key, T otherwise) => TryGet(key, out var value) ? value : otherwise;

    /// <summary>Whether a value is given rightly, in the form that the key's type is of.</summary>
    public bool IsGiven(SpecKey key) => Node(key) is not null;

    /// <summary>A scalar as it is written, where it is given rightly.</summary>
    public string? Written(SpecKey key) => (Node(key) as ScalarNode)?.Text;

    /// <summary>The plan with the value that the file has for a key; the plan itself where it has none.</summary>
    public PipelinePlan Write(PipelinePlan plan, SpecKey key) => Node(key) is { } node ? key.Write(plan, node) : plan;

    /// <summary>How many items a list has, refused ones included; 0 where there is no list.</summary>
    public int Count(SpecKey list)
    {
        var count = 0;
        while (keys.ContainsKey(list.ItemAt!(count).Path)) count++;
        return count;
    }

    public MappingNode? Mapping(SpecKey key) => values.TryGetValue(key.Path, out var node) ? node as MappingNode : null;

    /// <summary>Where the value stands; where it is not written, its key's, or the nearest section's that is.</summary>
    public Place PlaceOf(string path)
    {
        for (var at = path; at.Length > 0; at = at.LastIndexOf('.') is var dot and >= 0 ? at.Substring(0, dot) : "")
        {
            if (values.TryGetValue(at, out var node) && node is ScalarNode) return node.Place;
            if (keys.TryGetValue(at, out var place)) return place;
        }
        return Place.Start;
    }

    /// <summary>Where the key itself stands.</summary>
    public Place KeyPlace(SpecKey key) => keys.TryGetValue(key.Path, out var place) ? place : PlaceOf(key.Path);

    /// <summary>The line of a section's key; 0 where the section is left out.</summary>
    public int LineOf(SpecKey section) => keys.TryGetValue(section.Path, out var place) ? place.Line : 0;

    private SpecNode? Node(SpecKey key) => !values.TryGetValue(key.Path, out var node) || node is MappingNode ? null
        : node is ListNode && key.Takes(ValueKinds.List) || node is ScalarNode && key.Takes(~ValueKinds.List) ? node : null;
}
