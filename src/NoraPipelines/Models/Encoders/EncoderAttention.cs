using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Encoders;

/// <summary>Self-attention over the whole text, its output projection, and the norm behind the residual sum.</summary>
// Legend: rows = batch, hidden = heads·size.
public sealed class EncoderAttention : IDisposable
{
    private readonly int _headSize;

    internal EncoderAttention(EncoderShape shape, int layer, EncoderWeights weights)
    {
        _headSize = shape.HeadSize;
        Self = new SelfProjections(
            weights.Projection(layer, "query"),
            weights.Projection(layer, "key"),
            weights.Projection(layer, "value"));
        Output = new EncoderOutput(shape, layer, "attention.output", weights);
    }

    /// <summary>Query, key and value.</summary>
    public SelfProjections Self { get; }

    public EncoderOutput Output { get; }

    /// <summary>x [rows, tokens, hidden] → the same shape.</summary>
    internal Tensor Forward(Tensor x, in EncoderPass pass)
    {
        using var scope = NewDisposeScope();
        var q = Heads(Self.Query.Forward(x)); // [rows, heads, tokens, size]
        var k = Heads(Self.Key.Forward(x)); // [rows, heads, tokens, size]
        var v = Heads(Self.Value.Forward(x)); // [rows, heads, tokens, size]
        var mixed = nn.functional.scaled_dot_product_attention(q, k, v, pass.Mask, pass.AttentionDropout); // [rows, heads, tokens, size]
        return Output.Forward(mixed.transpose(1, 2).flatten(2), x, pass).MoveToOuterDisposeScope(); // [rows, tokens, hidden]
    }

    public void Dispose()
    {
        foreach (var projection in (ReadOnlySpan<LinearProjection>)[Self.Query, Self.Key, Self.Value]) projection.Dispose();
        Output.Dispose();
    }

    private Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], -1, _headSize).transpose(1, 2);
}

/// <summary>The three projections that read a layer's input.</summary>
public sealed record SelfProjections(LinearProjection Query, LinearProjection Key, LinearProjection Value);
