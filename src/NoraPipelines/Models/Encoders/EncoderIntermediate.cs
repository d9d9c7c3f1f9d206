using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Encoders;

/// <summary>The first half of the feed-forward block: act(dense(x)), act the exact form of GELU in the published models.</summary>
public sealed class EncoderIntermediate : IDisposable
{
    private readonly Func<Tensor, Tensor> _activation;

    internal EncoderIntermediate(EncoderShape shape, int layer, EncoderWeights weights)
    {
        Dense = weights.Projection(layer, "intermediate.dense");
        _activation = Activations.Of(shape.Activation);
    }

    public LinearProjection Dense { get; }

    /// <summary>[rows, tokens, hidden] → [rows, tokens, feedForward].</summary>
    internal Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return _activation(Dense.Forward(x)).MoveToOuterDisposeScope();
    }

    public void Dispose() => Dense.Dispose();
}
