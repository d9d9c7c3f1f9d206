using NoraPipelines.Interop;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Llama;

/// <summary>Causal self-attention with rotary positions and grouped keys.</summary>
// Legend: rows = batch, hidden = residual width, heads·size = width of q, keyHeads·size = width of k and v.
public sealed class LlamaAttention : IDisposable
{
    private readonly ProjectionGroup _queryKeyValue;
    private readonly ProjectionGroup _output;
    private readonly int _layer;
    private readonly int _headSize;
    private readonly RmsNorm? _queryNorm;
    private readonly RmsNorm? _keyNorm;

    internal LlamaAttention(DecoderShape shape, int layer, LlamaWeights weights)
    {
        _layer = layer;
        _headSize = shape.HeadSize;
        QProj = weights.Projection(layer, "q_proj");
        KProj = weights.Projection(layer, "k_proj");
        VProj = weights.Projection(layer, "v_proj");
        OProj = weights.Projection(layer, "o_proj");
        _queryKeyValue = new ProjectionGroup(QProj, KProj, VProj);
        _output = new ProjectionGroup(OProj);
        _queryNorm = weights.HeadNorm(layer, "q_norm");
        _keyNorm = weights.HeadNorm(layer, "k_norm");
    }

    public LinearProjection QProj { get; }

    public LinearProjection KProj { get; }

    public LinearProjection VProj { get; }

    public LinearProjection OProj { get; }

    /// <summary>The norms of queries and keys, where the family has them.</summary>
    internal IEnumerable<NamedTensor> HeadNorms => new[] { _queryNorm, _keyNorm }.OfType<RmsNorm>().Select(norm => norm.Parameter);

    internal Tensor Forward(Tensor x, in ForwardContext context)
    {
        using var part = StepRange.Enter(Parts.Attention);
        using var scope = NewDisposeScope();
        var projected = _queryKeyValue.Forward(x, context.Returned); // [rows, tokens, heads·size] of q, [rows, tokens, keyHeads·size] of k and v
        var q = RotaryFunction.Run(Normed(_queryNorm, Heads(projected[0]), context), context.Rotary, context.Returned); // [rows, heads, tokens, size]
        var k = RotaryFunction.Run(Normed(_keyNorm, Heads(projected[1]), context), context.Rotary, context.Returned); // [rows, keyHeads, tokens, size]
        var v = Heads(projected[2]).transpose(1, 2); // [rows, keyHeads, tokens, size]
        if (context.Cache is { } cache) (k, v) = cache.Append(_layer, k, v); // [rows, keyHeads, past + tokens, size]
        var mixed = GroupedAttention.Forward(q, k, v, context.Mask, context.Returned); // [rows, heads, tokens, size]
        return _output.Forward(mixed.transpose(1, 2).flatten(2), context.Returned)[0].MoveToOuterDisposeScope(); // [rows, tokens, hidden]
    }

    public void Dispose()
    {
        foreach (var projection in (ReadOnlySpan<LinearProjection>)[QProj, KProj, VProj, OProj]) projection.Dispose();
        _queryNorm?.Dispose();
        _keyNorm?.Dispose();
    }

    private static Tensor Normed(RmsNorm? norm, Tensor heads, in ForwardContext context) =>
        norm is null ? heads : norm.Forward(heads, context.Returned);

    /// <summary>[rows, tokens, n·size] → [rows, tokens, n, size].</summary>
    private Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], -1, _headSize);
}
