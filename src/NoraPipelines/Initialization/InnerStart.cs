using NoraPipelines.Adapters;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>The start of the inner pair (Table 5), left factor B and right factor A.</summary>
/// <param name="B">B′ [r, r′] float32; at other positions [out, r′].</param>
/// <param name="A">A′ [r′, r] float32; at other positions [r′, out] or [r′, in].</param>
internal sealed record InnerStart(Tensor B, Tensor A)
{
    /// <param name="sigma">Singular values behind the outer pair, [r]; only `singular` needs them.</param>
    /// <param name="seed">Of this projection.</param>
    public static InnerStart Of(InnerInitialization kind, int outerRank, int innerRank, double std, Tensor? sigma, long seed)
    {
        var (seedB, seedA) = (Seeds.Mix(seed, "inner_b"), Seeds.Mix(seed, "inner_a"));
        if (kind != InnerInitialization.Singular) return Of(kind, outerRank, innerRank, outerRank, std, seedB, seedA);
        var b = diag(SingularValues(sigma)).narrow(1, 0, Math.Min(innerRank, outerRank)); // [r, min(r, r′)]
        if (innerRank > outerRank) b = nn.functional.pad(b, [0, innerRank - outerRank]);
        return new(b, b.t());
    }

    /// <summary>Gives what trains at each position of a structure its start.</summary>
    /// <inheritdoc cref="Of(InnerInitialization, int, int, double, Tensor?, long)"/>
    /// <exception cref="NoraException">The structure has no such start.</exception>
    public static void Set(StructuredAdapter adapter, InnerInitialization kind, double std, Tensor? sigma, long seed)
    {
        foreach (var (name, left, right, betweenFactors) in adapter.Slots)
        {
            using var scope = NewDisposeScope();
            if (kind == InnerInitialization.Singular && !betweenFactors)
            {
                throw new NoraException($"adapter.inner.init is singular, but the {Words.Of(adapter.Structure)} structure trains matrices that do not "
                    + "stand between the outer factors, where singular values belong. Set adapter.inner.init to normal.");
            }
            if (right is null) left.copy_(Square(kind, (int)left.shape[0], std, sigma, Seeds.Mix(seed, name)));
            else
            {
                var (rows, innerRank, columns) = ((int)left.shape[0], (int)right.shape[0], (int)right.shape[1]);
                var start = kind == InnerInitialization.Singular
                    ? Of(kind, rows, innerRank, std, sigma, seed)
                    : Of(kind, rows, innerRank, columns, std, Seeds.Mix(seed, name + "_b"), Seeds.Mix(seed, name + "_a"));
                left.copy_(start.B);
                right.copy_(start.A);
            }
        }
    }

    /// <summary>A pair [rows, r′] and [r′, columns].</summary>
    private static InnerStart Of(InnerInitialization kind, int rows, int innerRank, int columns, double std, long seedB, long seedA) => kind switch
    {
        InnerInitialization.Normal => new(RandomFactors.Normal(rows, innerRank, std, seedB), RandomFactors.Normal(innerRank, columns, std, seedA)),
        InnerInitialization.UniformZero => new(zeros(rows, innerRank), RandomFactors.Kaiming(innerRank, columns, seedA)),
        _ => throw new NoraException($"adapter.inner.init is {kind}; it is normal, uniform_zero or singular."),
    };

    /// <summary>R [size, size]: with one factor alone, uniform_zero is zero, and singular is diag(Σ).</summary>
    private static Tensor Square(InnerInitialization kind, int size, double std, Tensor? sigma, long seed) => kind switch
    {
        InnerInitialization.Normal => RandomFactors.Normal(size, size, std, seed),
        InnerInitialization.UniformZero => zeros(size, size),
        _ => diag(SingularValues(sigma)),
    };

    private static Tensor SingularValues(Tensor? sigma) => sigma ?? throw new NoraException(
        "adapter.inner.init is singular, but a random outer pair has no singular values. "
        + "Set adapter.outer.init to svd or awsvd, or adapter.inner.init to normal.");
}
