namespace NoraPipelines.Plans;

/// <summary>The six projections of an encoder's layer, by the names of modeling_bert.py.</summary>
internal static class EncoderProjections
{
    /// <param name="prefix">Of the model's own names: roberta.</param>
    public static EquatableArray<ProjectionShape> Of(EncoderShape shape, string prefix)
    {
        var stack = new LayerStack("layers", "Layers", prefix + ".encoder.layer.{0}", shape.LayerCount);
        var (hidden, wide) = (shape.HiddenSize, shape.FeedForwardSize);
        return EquatableArray.Of(
            One("query", "attention.self.query", "Attention.Self.Query", hidden, hidden, "attention"),
            One("key", "attention.self.key", "Attention.Self.Key", hidden, hidden, "attention"),
            One("value", "attention.self.value", "Attention.Self.Value", hidden, hidden, "attention"),
            One("attention.output.dense", "attention.output.dense", "Attention.Output.Dense", hidden, hidden, "heads"),
            One("intermediate.dense", "intermediate.dense", "Intermediate.Dense", wide, hidden, "feed_forward"),
            One("output.dense", "output.dense", "Output.Dense", hidden, wide, "activated"));

        ProjectionShape One(string name, string place, string member, int outFeatures, int inFeatures, string input) =>
            new(name, outFeatures, inFeatures, stack) { Place = place, Member = member, Input = input, HasBias = true };
    }
}
