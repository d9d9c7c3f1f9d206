using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Encoders;

/// <summary>How both blocks of a layer end: norm(residual + dropout(dense(x))).</summary>
public sealed class EncoderOutput : IDisposable
{
    internal EncoderOutput(EncoderShape shape, int layer, string place, EncoderWeights weights)
    {
        Dense = weights.Projection(layer, $"{place}.dense");
        Norm = weights.Norm($"{weights.Names.Layer(layer)}.{place}.LayerNorm", shape.HiddenSize);
    }

    public LinearProjection Dense { get; }

    internal LayerNorm Norm { get; }

    /// <summary>x [rows, tokens, in], residual [rows, tokens, hidden] → [rows, tokens, hidden].</summary>
    internal Tensor Forward(Tensor x, Tensor residual, in EncoderPass pass)
    {
        using var scope = NewDisposeScope();
        return Norm.Forward(pass.Drop(Dense.Forward(x)) + residual).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        Dense.Dispose();
        Norm.Dispose();
    }
}
