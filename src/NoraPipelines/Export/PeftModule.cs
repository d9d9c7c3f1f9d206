using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>The LoRA of one module as its file holds it: ΔW = Scale·B·A.</summary>
/// <param name="Module">The module's name in the model: model.layers.0.self_attn.q_proj.</param>
/// <param name="A">[rank, in] float32.</param>
/// <param name="B">[out, rank] float32.</param>
public sealed record PeftModule(string Module, Tensor A, Tensor B, double Scale) : IDisposable
{
    public int Rank => (int)A.shape[0];

    public int InFeatures => (int)A.shape[1];

    public int OutFeatures => (int)B.shape[0];

    /// <summary>Copies of A and Scale·B; the caller's dispose scope owns them.</summary>
    public LowRankFactors Fold() => new(A.clone(), B * Scale);

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }
}
