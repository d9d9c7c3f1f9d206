namespace NoraPipelines.Plans;

/// <summary>Which layers get an adapter: all, or the listed ones (0-based, ascending).</summary>
public sealed record LayerSelection
{
    private LayerSelection(EquatableArray<int>? indices) => Indices = indices;

    public static LayerSelection All { get; } = new((EquatableArray<int>?)null);

    /// <summary>The chosen layers; null for all.</summary>
    public EquatableArray<int>? Indices { get; }

    public static LayerSelection Of(IEnumerable<int> indices) => new(indices.Distinct().OrderBy(index => index).ToEquatableArray());

    /// <summary>How many of <paramref name="layerCount"/> layers are chosen.</summary>
    public int Count(int layerCount) => Indices?.Count(index => index < layerCount) ?? layerCount;
}
