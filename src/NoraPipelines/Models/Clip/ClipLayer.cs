using static TorchSharp.torch;

namespace NoraPipelines.Models.Clip;

/// <summary>One block of a tower, its norms before the branches: x + attention(norm₁(x)), then x + mlp(norm₂(x)).</summary>
public sealed class ClipLayer : TransformerLayer, ILayer<ClipPass>
{
    private readonly LayerNorm _norm1;
    private readonly LayerNorm _norm2;

    internal ClipLayer(ClipTowerWeights weights, int layer)
    {
        SelfAttention = new ClipAttention(weights, layer);
        _norm1 = weights.Norm($"{weights.Layer(layer)}.layer_norm1");
        Mlp = new ClipMlp(weights, layer);
        _norm2 = weights.Norm($"{weights.Layer(layer)}.layer_norm2");
        Projections = [SelfAttention.QProj, SelfAttention.KProj, SelfAttention.VProj, SelfAttention.OutProj, Mlp.Fc1, Mlp.Fc2];
    }

    public ClipAttention SelfAttention { get; }

    public ClipMlp Mlp { get; }

    /// <summary>The six projections, in the order of the forward pass.</summary>
    public override IReadOnlyList<LinearProjection> Projections { get; }

    /// <summary>x [rows, positions, hidden] → the same shape.</summary>
    Tensor ILayer<ClipPass>.Forward(Tensor x, in ClipPass pass)
    {
        using var scope = NewDisposeScope();
        var attended = x + SelfAttention.Forward(_norm1.Forward(x), pass); // [rows, positions, hidden]
        return (attended + Mlp.Forward(_norm2.Forward(attended), pass)).MoveToOuterDisposeScope();
    }

    internal override IEnumerable<NamedTensor> Parameters() =>
        [.. Projections.SelectMany(projection => projection.Parameters()), .. _norm1.Parameters, .. _norm2.Parameters];

    public override void Dispose()
    {
        SelfAttention.Dispose();
        Mlp.Dispose();
        _norm1.Dispose();
        _norm2.Dispose();
    }
}
