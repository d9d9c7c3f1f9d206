namespace NoraPipelines.Plans;

/// <summary>A value of a YAML file with its place.</summary>
internal abstract record SpecNode(Place Place);

/// <summary>A scalar as it was written.</summary>
/// <param name="Quoted">Whether quotes or a block make it a text whatever it looks like.</param>
internal sealed record ScalarNode(string Text, bool Quoted, Place Place) : SpecNode(Place)
{
    /// <summary>Nothing after the colon, ~ or null.</summary>
    public bool IsNull => !Quoted && Text is "" or "~" or "null" or "Null" or "NULL";
}

/// <summary>A value that was reported already and has no content.</summary>
internal sealed record RefusedNode(Place Place) : SpecNode(Place);

/// <summary>Keys and values in their order, every key once.</summary>
internal sealed record MappingNode(IReadOnlyList<SpecEntry> Entries, Place Place) : SpecNode(Place)
{
    public SpecEntry? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key);
}

/// <summary>A list.</summary>
internal sealed record ListNode(IReadOnlyList<SpecNode> Items, Place Place) : SpecNode(Place);

/// <summary>One key of a mapping with its value.</summary>
internal sealed record SpecEntry(string Key, Place KeyPlace, SpecNode Value);
