using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>The frozen outer pair: B·A ≈ W.</summary>
/// <param name="B">[out, r] float32.</param>
/// <param name="A">[r, in] float32.</param>
/// <param name="Sigma">The singular values behind them, [r] float32, descending; null where the pair is random.</param>
public sealed record OuterFactors(Tensor B, Tensor A, Tensor? Sigma = null)
{
    public int Rank => (int)A.shape[0];

    /// <summary>Puts Σ on a side: B = UΣ (Eq. 6–7), A = ΣVᵀ…, or √Σ on both. B·A is the same.</summary>
    /// <param name="unscaledVt">Vᵀ with the scaling taken off again, [r, in].</param>
    internal static OuterFactors Of(TruncatedSvd svd, Tensor unscaledVt, SigmaSide side) => side switch
    {
        SigmaSide.B => new(svd.U * svd.Sigma, unscaledVt, svd.Sigma),
        SigmaSide.A => new(svd.U, svd.Sigma.unsqueeze(1) * unscaledVt, svd.Sigma),
        SigmaSide.Split => new(svd.U * svd.Sigma.sqrt(), svd.Sigma.sqrt().unsqueeze(1) * unscaledVt, svd.Sigma),
        _ => throw new NoraException($"Σ was to go on side {side}; it is b, a or split."),
    };

    internal OuterFactors MoveToOuterScope() =>
        new(B.MoveToOuterDisposeScope(), A.MoveToOuterDisposeScope(), Sigma?.MoveToOuterDisposeScope());
}
