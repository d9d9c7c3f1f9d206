namespace NoraPipelines.Export;

/// <summary>One projection of nested.json.</summary>
/// <param name="Path">model.layers.0.self_attn.q_proj.</param>
/// <param name="InnerRank">r′ of nora; null for lora_xs, whose core is r × r.</param>
/// <param name="Alpha">The scale is Alpha / OuterRank.</param>
internal sealed record NestedModule(string Path, int Out, int In, int OuterRank, int? InnerRank, double Alpha, double Dropout)
{
    public Dictionary<string, long[]> OuterShapes() => new()
    {
        [$"{Path}.outer_a"] = [OuterRank, In],
        [$"{Path}.outer_b"] = [Out, OuterRank],
    };

    public Dictionary<string, long[]> InnerShapes() => InnerRank is { } innerRank
        ? new() { [$"{Path}.inner_a"] = [innerRank, OuterRank], [$"{Path}.inner_b"] = [OuterRank, innerRank] }
        : new() { [$"{Path}.core"] = [OuterRank, OuterRank] };
}
