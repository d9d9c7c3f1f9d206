namespace NoraPipelines.Export;

/// <summary>One projection of nested.json.</summary>
/// <param name="Path">model.layers.0.self_attn.q_proj.</param>
/// <param name="InnerRank">r′; null where what trains is square.</param>
/// <param name="Alpha">The scale is Alpha / OuterRank.</param>
internal sealed record NestedModule(string Path, int Out, int In, int OuterRank, int? InnerRank, double Alpha, double Dropout)
{
    /// <summary>The structure of NoRA's design space; null for the paper's own and for what has none.</summary>
    public NestedStructure? Structure { get; init; }

    /// <summary>Tensors that are frozen, by their full names.</summary>
    public Dictionary<string, long[]> OuterShapes() => Named(NestedForm.Of(this).Frozen(this));

    /// <summary>Tensors that train.</summary>
    public Dictionary<string, long[]> InnerShapes() => Named(NestedForm.Of(this).Trainable(this));

    /// <summary>A [r, in] and B [out, r].</summary>
    public IEnumerable<(string Name, long Rows, long Columns)> OuterPair() => [("outer_a", OuterRank, In), ("outer_b", Out, OuterRank)];

    private Dictionary<string, long[]> Named(IEnumerable<(string Name, long Rows, long Columns)> tensors) =>
        tensors.ToDictionary(tensor => $"{Path}.{tensor.Name}", tensor => (long[])[tensor.Rows, tensor.Columns]);
}
