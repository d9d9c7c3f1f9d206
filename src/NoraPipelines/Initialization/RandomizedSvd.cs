using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>
/// Leading singular triples by subspace iteration (Halko, Martinsson, Tropp 2011, Algorithms 4.4 and 5.1): a random subspace is
/// turned towards the leading singular vectors by multiplying with M and Mᵀ in turn, made orthonormal by QR after each product so that
/// small directions survive float32; the SVD of M within the subspace is small.
/// </summary>
// Shapes: M [m, n], width q = rank + oversampling. Cost: (2 + 2·iterations) products of 2·m·n·q operations.
public static class RandomizedSvd
{
    /// <summary>
    /// The first <paramref name="rank"/> triples of a float32 matrix. The start is drawn on the CPU: it is the same on every device.
    /// </summary>
    internal static TruncatedSvd Factor(Tensor matrix, int rank, int width, int iterations, long seed)
    {
        using var generator = new Generator((ulong)seed, CPU);
        var transposed = matrix.t(); // [n, m]
        var start = randn([matrix.shape[1], width], float32, CPU, generator: generator).to(matrix.device); // [n, q]
        var q = Orthonormal(matrix.matmul(start)); // [m, q]
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            using var scope = NewDisposeScope();
            var p = Orthonormal(transposed.matmul(q)); // [n, q]
            var next = Orthonormal(matrix.matmul(p)).MoveToOuterDisposeScope(); // [m, q]
            q.Dispose();
            q = next;
        }
        var inside = q.t().matmul(matrix); // [q, n]
        var (u, sigma, vt) = linalg.svd(inside, fullMatrices: false); // [q, q], [q], [q, n]
        return new(
            q.matmul(u.narrow(1, 0, rank)), // [m, r]
            sigma.narrow(0, 0, rank).contiguous(), // [r]
            vt.narrow(0, 0, rank).contiguous()); // [r, n]
    }

    private static Tensor Orthonormal(Tensor columns) => linalg.qr(columns).Q;
}
