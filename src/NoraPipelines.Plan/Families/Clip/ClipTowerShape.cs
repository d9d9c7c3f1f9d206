namespace NoraPipelines.Plans;

/// <summary>One tower of CLIP: a transformer whose linear layers and norms have a bias.</summary>
/// <param name="Positions">Rows of the position table: patches and class token, or tokens.</param>
public sealed record ClipTowerShape(int HiddenSize, int FeedForwardSize, int LayerCount, int HeadCount, int Positions)
{
    /// <summary>The function between the feed-forward block's halves.</summary>
    public GateActivation Activation { get; init; } = GateActivation.QuickGelu;

    /// <summary>Added to the variance in LayerNorm.</summary>
    public double NormEpsilon { get; init; } = 1e-5;

    public int HeadSize => HiddenSize / HeadCount;

    internal long Parameters =>
        LayerCount * (Projections("", "").Sum(projection => projection.Parameters) + 4L * HiddenSize);

    /// <param name="tower">As targets write it: vision.</param>
    /// <param name="member">Of the library's model: Vision.</param>
    internal IEnumerable<ProjectionShape> Projections(string tower, string member)
    {
        var stack = new LayerStack(tower, member + ".Layers", tower + "_model.encoder.layers.{0}", LayerCount);
        return
        [
            One("q_proj", "self_attn.q_proj", "SelfAttention.QProj", HiddenSize, HiddenSize, "attention"),
            One("k_proj", "self_attn.k_proj", "SelfAttention.KProj", HiddenSize, HiddenSize, "attention"),
            One("v_proj", "self_attn.v_proj", "SelfAttention.VProj", HiddenSize, HiddenSize, "attention"),
            One("out_proj", "self_attn.out_proj", "SelfAttention.OutProj", HiddenSize, HiddenSize, "heads"),
            One("fc1", "mlp.fc1", "Mlp.Fc1", FeedForwardSize, HiddenSize, "feed_forward"),
            One("fc2", "mlp.fc2", "Mlp.Fc2", HiddenSize, FeedForwardSize, "activated"),
        ];

        ProjectionShape One(string name, string place, string path, int outFeatures, int inFeatures, string input) =>
            new(name, outFeatures, inFeatures, stack) { Place = place, Member = path, Input = input, HasBias = true };
    }
}
