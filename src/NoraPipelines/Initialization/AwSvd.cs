using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>
/// The outer pair from a truncated SVD of the weight, plain or aware of the activations that come in (Eq. 3–7):
/// <code>
///     W·S = U Σ Vᵀ  (cut to rank r)         B = U Σ      A = Vᵀ S⁻¹         so that B·A ≈ W where inputs are large
/// </code>
/// S = 1 gives the SVD of W. With S the Cholesky factor L of the inputs' second moment XᵀX/n, ‖(W − B·A)·L‖ is the output error
/// itself, and no pair of rank r has a smaller one (Eckart and Young); this is the step beyond the paper.
/// </summary>
// Shapes: W [out, in], S [in], L [in, in], B [out, r], A [r, in].
public static class AwSvd
{
    /// <summary>Share of the mean second moment that is added to the diagonal: a channel that never fires would have no inverse.</summary>
    public const double Damping = 1e-3;

    /// <summary>
    /// The pair from the first <paramref name="rank"/> triples of W·diag(S), float32 on W's device; the caller's dispose scope owns it.
    /// </summary>
    /// <param name="weight">W [out, in], any floating dtype.</param>
    /// <param name="scaling">S [in], positive; null for plain SVD.</param>
    /// <exception cref="NoraException">The weight or S is not finite, S has another length, or the rank is too large.</exception>
    public static OuterFactors Factor(Tensor weight, Tensor? scaling, int rank, SigmaSide sigma, SvdOptions options)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var w = weight.detach().to(float32); // [out, in]
        if (scaling is null)
        {
            var plain = TruncatedSvd.Of(w, rank, options);
            return OuterFactors.Of(plain, plain.Vt, sigma).MoveToOuterScope();
        }
        if (scaling.dim() != 1 || scaling.shape[0] != w.shape[1])
            throw new NoraException($"The scaling is [{string.Join(", ", scaling.shape)}]; a weight [{string.Join(", ", w.shape)}] needs one number for each input.");
        var s = scaling.to(float32).to(w.device); // [in]
        var svd = TruncatedSvd.Of(w * s, rank, options);
        return OuterFactors.Of(svd, svd.Vt / s, sigma).MoveToOuterScope();
    }

    /// <summary>The pair of rank r with the least output error on inputs of this second moment.</summary>
    /// <param name="secondMoment">XᵀX/n, [in, in] float64.</param>
    /// <exception cref="NoraException">The weight or the second moment is not finite, or the rank is too large.</exception>
    public static OuterFactors FactorByCovariance(Tensor weight, Tensor secondMoment, int rank, SigmaSide sigma, SvdOptions options)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var w = weight.detach().to(float64); // [out, in]
        var l = Cholesky(secondMoment.to(w.device)); // [in, in], lower
        var svd = TruncatedSvd.Of(w.matmul(l), rank, options);
        var unscaled = linalg.solve_triangular(l, svd.Vt.to(float64), upper: false, left: false); // Vᵀ·L⁻¹ [r, in]
        return OuterFactors.Of(svd, unscaled.to(float32), sigma).MoveToOuterScope();
    }

    /// <summary>L of XᵀX/n + damping·mean(diagonal)·I, in float64.</summary>
    private static Tensor Cholesky(Tensor secondMoment)
    {
        var c = secondMoment.detach().to(float64); // [in, in]
        if (!DeviceRead.IsTrue(c.isfinite().all()))
            throw new NoraException("The second moment of the inputs is not finite. Check the base model's weights and dtype.");
        var mean = DeviceRead.Number(c.diagonal().mean());
        var damped = c + eye(c.shape[0], dtype: float64, device: c.device) * (mean > 0 ? Damping * mean : 1.0);
        return linalg.cholesky(damped);
    }
}
