using NoraPipelines.Plans;

namespace NoraPipelines.Export;

/// <summary>One projection of nested.json.</summary>
/// <param name="Path">model.layers.0.self_attn.q_proj.</param>
/// <param name="InnerRank">r′ of nora; null for lora_xs and the adapter structure, whose matrices are square.</param>
/// <param name="Alpha">The scale is Alpha / OuterRank.</param>
internal sealed record NestedModule(string Path, int Out, int In, int OuterRank, int? InnerRank, double Alpha, double Dropout)
{
    /// <summary>The structure of NoRA's design space; null for the paper's own and for lora_xs.</summary>
    public NestedStructure? Structure { get; init; }

    /// <summary>Tensors that are frozen, by their full names.</summary>
    public Dictionary<string, long[]> OuterShapes() => Named(Structure is { } structure ? structure.Frozen(this) : OuterPair());

    /// <summary>Tensors that train.</summary>
    public Dictionary<string, long[]> InnerShapes() => Named(Structure is { } structure ? structure.Trainable(this) : InnerRank is { } innerRank
        ? [("inner_a", innerRank, OuterRank), ("inner_b", OuterRank, innerRank)]
        : [("core", OuterRank, OuterRank)]);

    internal IEnumerable<(string Name, long Rows, long Columns)> OuterPair() => [("outer_a", OuterRank, In), ("outer_b", Out, OuterRank)];

    private Dictionary<string, long[]> Named(IEnumerable<(string Name, long Rows, long Columns)> tensors) =>
        tensors.ToDictionary(tensor => $"{Path}.{tensor.Name}", tensor => (long[])[tensor.Rows, tensor.Columns]);
}

/// <summary>A structure of the design space: the tensors that an adapter of it has (docs/design-space.md).</summary>
internal sealed record NestedStructure(InnerStructure Kind, InnerPosition Position, bool TrainsOuter)
{
    private bool HasA => Position != InnerPosition.WB;

    private bool HasB => Position != InnerPosition.WA;

    public IEnumerable<(string Name, long Rows, long Columns)> Frozen(NestedModule module)
    {
        if (TrainsOuter) return Kind == InnerStructure.Parallel ? [("start_a", module.OuterRank, module.In), ("start_b", module.Out, module.OuterRank)] : [];
        // What a parallel pair leaves out of its output is not held.
        return module.OuterPair().Where(factor => Kind != InnerStructure.Parallel || (factor.Name == "outer_a" ? HasB : HasA));
    }

    public IEnumerable<(string Name, long Rows, long Columns)> Trainable(NestedModule module)
    {
        var (rank, inner) = (module.OuterRank, module.InnerRank ?? 0);
        IEnumerable<(string, long, long)> atA = Kind switch
        {
            InnerStructure.Serial => [("inner_a", inner, rank), ("inner_b", rank, inner)],
            InnerStructure.Parallel => [("w_a_right", inner, module.In), ("w_a_left", rank, inner)],
            _ => [("w_a", rank, rank)],
        };
        IEnumerable<(string, long, long)> atB = Kind switch
        {
            InnerStructure.Serial => [("w_b_right", inner, module.Out), ("w_b_left", module.Out, inner)],
            InnerStructure.Parallel => [("w_b_right", inner, rank), ("w_b_left", module.Out, inner)],
            _ => [("w_b", module.Out, module.Out)],
        };
        return [.. TrainsOuter ? module.OuterPair() : [], .. HasA ? atA : [], .. HasB ? atB : []];
    }
}
