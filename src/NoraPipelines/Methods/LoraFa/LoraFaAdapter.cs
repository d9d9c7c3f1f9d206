using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// LoRA-FA (Zhang et al. 2023): LoRA whose A stays as it was drawn.
/// <code>
///              ┌────── W ──────┐
///     x [in] ──┤               + ── h [out]      h = W·x + s·B·A·x,   s = alpha / r
///              └─ A ── r ── B ──┘
///
///     A [r, in]  frozen, float32        B [out, r]  trains, float32       r·out parameters
/// </code>
/// Neither W nor A needs a gradient, so the graph keeps A·x and never x.
/// </summary>
public sealed class LoraFaAdapter : LoraAdapter
{
    /// <inheritdoc cref="LoraAdapter(int, int, int, double, double, Device, long)"/>
    public LoraFaAdapter(int outFeatures, int inFeatures, int rank, double alpha, double dropout, Device device, long seed = 0)
        : base(outFeatures, inFeatures, rank, alpha / rank, dropout, device, seed, trainsA: false)
    {
    }

    public override string Method => "lora_fa";
}
