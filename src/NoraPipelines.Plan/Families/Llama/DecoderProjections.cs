namespace NoraPipelines.Plans;

/// <summary>The seven projections of a decoder's layer, by the names of modeling_llama.py.</summary>
internal static class DecoderProjections
{
    public static EquatableArray<ProjectionShape> Of(DecoderShape shape)
    {
        var stack = new LayerStack("layers", "Layers", "model.layers.{0}", shape.LayerCount);
        var (hidden, wide) = (shape.HiddenSize, shape.FeedForwardSize);
        var (queryKeyValue, output) = (shape.AttentionBias != AttentionBias.None, shape.AttentionBias == AttentionBias.All);
        return EquatableArray.Of(
            Attention("q_proj", "QProj", shape.QuerySize, hidden, "attention", queryKeyValue),
            Attention("k_proj", "KProj", shape.KeyValueSize, hidden, "attention", queryKeyValue),
            Attention("v_proj", "VProj", shape.KeyValueSize, hidden, "attention", queryKeyValue),
            Attention("o_proj", "OProj", hidden, shape.QuerySize, "heads", output),
            FeedForward("gate_proj", "GateProj", wide, hidden, "feed_forward"),
            FeedForward("up_proj", "UpProj", wide, hidden, "feed_forward"),
            FeedForward("down_proj", "DownProj", hidden, wide, "gated"));

        ProjectionShape Attention(string name, string member, int outFeatures, int inFeatures, string input, bool bias) =>
            new(name, outFeatures, inFeatures, stack)
            {
                Place = "self_attn." + name,
                Member = "SelfAttention." + member,
                Input = input,
                HasBias = bias,
            };

        ProjectionShape FeedForward(string name, string member, int outFeatures, int inFeatures, string input) =>
            new(name, outFeatures, inFeatures, stack)
            {
                Place = "mlp." + name,
                Member = "Mlp." + member,
                Input = input,
                HasBias = shape.FeedForwardBias,
            };
    }
}
