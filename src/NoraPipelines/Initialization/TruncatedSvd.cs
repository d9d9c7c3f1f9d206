using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>The leading singular triples of a matrix M [m, n] ≈ U·diag(Σ)·Vᵀ, Σ descending; the signs of a pair (u, v) are free.</summary>
/// <param name="U">[m, r] float32, orthonormal columns.</param>
/// <param name="Sigma">[r] float32.</param>
/// <param name="Vt">[r, n] float32, orthonormal rows.</param>
public sealed record TruncatedSvd(Tensor U, Tensor Sigma, Tensor Vt)
{
    /// <summary>
    /// The first <paramref name="rank"/> triples, in float32 on the matrix's device; the caller's dispose scope owns them.
    /// </summary>
    /// <exception cref="NoraException">The rank is not in 1 … min(m, n), an option is negative, or the matrix is not finite.</exception>
    public static TruncatedSvd Of(Tensor matrix, int rank, SvdOptions options)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var m = matrix.detach().to(float32); // [m, n]
        Check(m, rank, options);
        // A subspace as wide as the matrix is the whole space: then the exact method does the same work once.
        var width = rank + options.Oversampling;
        var svd = options.Kind == SvdKind.Exact || width >= Math.Min(m.shape[0], m.shape[1])
            ? Exact(m, rank)
            : RandomizedSvd.Factor(m, rank, width, options.Iterations, options.Seed);
        return svd.MoveToOuterScope();
    }

    internal TruncatedSvd MoveToOuterScope() =>
        new(U.MoveToOuterDisposeScope(), Sigma.MoveToOuterDisposeScope(), Vt.MoveToOuterDisposeScope());

    /// <summary>LAPACK's (or the device's) SVD of <paramref name="m"/> [m, n], cut to the rank.</summary>
    internal static TruncatedSvd Exact(Tensor m, int rank)
    {
        var (u, sigma, vt) = linalg.svd(m, fullMatrices: false); // [m, k], [k], [k, n]
        return new(u.narrow(1, 0, rank).contiguous(), sigma.narrow(0, 0, rank).contiguous(), vt.narrow(0, 0, rank).contiguous());
    }

    private static void Check(Tensor m, int rank, SvdOptions options)
    {
        if (m.dim() != 2) throw new NoraException($"An SVD needs a matrix; the tensor has shape [{string.Join(", ", m.shape)}].");
        var most = Math.Min(m.shape[0], m.shape[1]);
        if (rank < 1 || rank > most)
        {
            throw new NoraException(
                $"Rank {rank} was asked of a {m.shape[0]}×{m.shape[1]} matrix; it has 1 to {most}. Lower the outer rank.");
        }
        if (options.Oversampling < 0 || options.Iterations < 0)
        {
            throw new NoraException(
                $"The randomized SVD got oversampling {options.Oversampling} and {options.Iterations} iterations; give 0 or more.");
        }
        if (!DeviceRead.IsTrue(m.isfinite().all()))
            throw new NoraException("The matrix holds NaN or infinite values. Check the weights and inputs that it was made from.");
    }
}
