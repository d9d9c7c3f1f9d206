using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// rsLoRA (Kalajdzievski 2023): LoRA whose scale falls with √r, so that a higher rank does not learn more slowly.
/// <code>
///              ┌────── W ──────┐
///     x [in] ──┤               + ── h [out]      h = W·x + s·B·A·x,   s = alpha / √r
///              └─ A ── r ── B ──┘
///
///     A [r, in], B [out, r]  train, float32       r·(in + out) parameters
/// </code>
/// </summary>
public sealed class RsLoraAdapter : LoraAdapter
{
    /// <inheritdoc cref="LoraAdapter(int, int, int, double, double, Device, long)"/>
    public RsLoraAdapter(int outFeatures, int inFeatures, int rank, double alpha, double dropout, Device device, long seed = 0)
        : base(outFeatures, inFeatures, rank, alpha / Math.Sqrt(rank), dropout, device, seed, trainsA: true)
    {
    }

    public override string Method => "rslora";
}
