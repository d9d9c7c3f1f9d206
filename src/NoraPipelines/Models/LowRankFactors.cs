using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>The change of a weight as one product: ΔW = B·A, the scale baked into B. Belongs to whoever asked for it.</summary>
/// <param name="A">[rank, in] float32.</param>
/// <param name="B">[out, rank] float32.</param>
public sealed record LowRankFactors(Tensor A, Tensor B) : IDisposable
{
    public int Rank => (int)A.shape[0];

    /// <summary>B·A, [out, in] float32.</summary>
    public Tensor Product() => B.mm(A);

    internal LowRankFactors MoveToOuterScope() => new(A.MoveToOuterDisposeScope(), B.MoveToOuterDisposeScope());

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }
}
