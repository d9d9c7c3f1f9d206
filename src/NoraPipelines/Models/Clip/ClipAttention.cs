using static TorchSharp.torch;

namespace NoraPipelines.Models.Clip;

/// <summary>Self-attention with as many key heads as query heads; all projections have a bias.</summary>
// Legend: rows = batch, positions = patches or tokens, hidden = heads·size = width of the tower.
public sealed class ClipAttention : IDisposable
{
    private readonly ProjectionGroup _queryKeyValue;
    private readonly ProjectionGroup _output;
    private readonly int _headSize;

    internal ClipAttention(ClipTowerWeights weights, int layer)
    {
        _headSize = weights.Shape.HeadSize;
        QProj = weights.Projection(layer, "q_proj");
        KProj = weights.Projection(layer, "k_proj");
        VProj = weights.Projection(layer, "v_proj");
        OutProj = weights.Projection(layer, "out_proj");
        _queryKeyValue = new ProjectionGroup(QProj, KProj, VProj);
        _output = new ProjectionGroup(OutProj);
    }

    public LinearProjection QProj { get; }

    public LinearProjection KProj { get; }

    public LinearProjection VProj { get; }

    public LinearProjection OutProj { get; }

    /// <summary>x [rows, positions, hidden] → the same shape.</summary>
    internal Tensor Forward(Tensor x, in ClipPass pass)
    {
        using var scope = NewDisposeScope();
        var projected = _queryKeyValue.Forward(x, pass.Returned); // [rows, positions, hidden] each
        var mixed = GroupedAttention.Forward(
            Heads(projected[0]), Heads(projected[1]), Heads(projected[2]), pass.Mask, pass.Returned); // [rows, heads, positions, size]
        return _output.Forward(mixed.transpose(1, 2).flatten(2), pass.Returned)[0].MoveToOuterDisposeScope(); // [rows, positions, hidden]
    }

    public void Dispose()
    {
        foreach (var projection in (ReadOnlySpan<LinearProjection>)[QProj, KProj, VProj, OutProj]) projection.Dispose();
    }

    /// <summary>[rows, positions, hidden] → [rows, heads, positions, size].</summary>
    private Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], -1, _headSize).transpose(1, 2);
}
