using System.Globalization;

namespace NoraPipelines.Plans;

/// <summary>A spec's tree with single values changed; every node keeps its own place, wherever in the file that is.</summary>
internal static class SpecTree
{
    public static SpecNode? Find(SpecNode root, string path)
    {
        SpecNode? node = root;
        foreach (var part in path.Split('.'))
            node = node is ListNode list ? Index(list, part) is { } index ? list.Items[index] : null : (node as MappingNode)?.Find(part)?.Value;
        return node;
    }

    /// <summary>The tree with a value at a path; sections that are not there are made, at the key's place.</summary>
    public static MappingNode Set(MappingNode root, string path, SpecNode value, Place keyPlace) =>
        (MappingNode)Set(root, path.Split('.'), 0, value, keyPlace);

    /// <summary>The tree without a key.</summary>
    public static MappingNode Remove(MappingNode root, string path) => (MappingNode)Remove(root, path.Split('.'), 0);

    private static SpecNode Set(SpecNode? node, string[] parts, int at, SpecNode value, Place keyPlace)
    {
        if (at == parts.Length) return value;
        if (node is ListNode list && Index(list, parts[at]) is { } index)
            return list with { Items = [.. list.Items.Select((item, i) => i == index ? Set(item, parts, at + 1, value, keyPlace) : item)] };
        var mapping = node as MappingNode ?? new MappingNode([], keyPlace);
        var old = mapping.Find(parts[at]);
        var last = at == parts.Length - 1;
        var entry = new SpecEntry(parts[at], old is null || last ? keyPlace : old.KeyPlace, Set(old?.Value, parts, at + 1, value, keyPlace));
        return mapping with
        {
            Entries = old is null ? [.. mapping.Entries, entry] : [.. mapping.Entries.Select(other => ReferenceEquals(other, old) ? entry : other)],
        };
    }

    private static SpecNode Remove(SpecNode node, string[] parts, int at)
    {
        var last = at == parts.Length - 1;
        if (node is ListNode list && Index(list, parts[at]) is { } index)
            return list with
            {
                Items = last ? [.. list.Items.Where((_, i) => i != index)]
                    : [.. list.Items.Select((item, i) => i == index ? Remove(item, parts, at + 1) : item)],
            };
        if (node is not MappingNode mapping || mapping.Find(parts[at]) is not { } entry) return node;
        return mapping with
        {
            Entries = last ? [.. mapping.Entries.Where(other => !ReferenceEquals(other, entry))]
                : [.. mapping.Entries.Select(other => ReferenceEquals(other, entry) ? other with { Value = Remove(entry.Value, parts, at + 1) } : other)],
        };
    }

    private static int? Index(ListNode list, string part) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Count ? index : null;

    /// <summary>A value as one line of YAML.</summary>
    public static string Text(SpecNode node) => node switch
    {
        ScalarNode { IsNull: true } => "null",
        ScalarNode scalar => scalar.Text,
        ListNode list => $"[{string.Join(", ", list.Items.Select(Text))}]",
        MappingNode mapping => $"{{ {string.Join(", ", mapping.Entries.Select(entry => $"{entry.Key}: {Text(entry.Value)}"))} }}",
        _ => "",
    };

    /// <summary>The offset at which the last value of a node begins.</summary>
    public static int LastOffset(SpecNode node) => node switch
    {
        MappingNode { Entries.Count: > 0 } mapping => mapping.Entries.Max(entry => Math.Max(entry.KeyPlace.Offset, LastOffset(entry.Value))),
        ListNode { Items.Count: > 0 } list => list.Items.Max(LastOffset),
        _ => node.Place.Offset,
    };
}
