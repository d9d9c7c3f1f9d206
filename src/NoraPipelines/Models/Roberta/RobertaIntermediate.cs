using static TorchSharp.torch;

namespace NoraPipelines.Models.Roberta;

/// <summary>The first half of the feed-forward block: gelu(dense(x)), the exact form of GELU.</summary>
public sealed class RobertaIntermediate : IDisposable
{
    internal RobertaIntermediate(int layer, RobertaWeights weights) =>
        Dense = weights.Projection(layer, "intermediate.dense", "intermediate.dense");

    public LinearProjection Dense { get; }

    /// <summary>[rows, tokens, hidden] → [rows, tokens, feedForward].</summary>
    internal Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return nn.functional.gelu(Dense.Forward(x)).MoveToOuterDisposeScope();
    }

    public void Dispose() => Dense.Dispose();
}
