using NoraPipelines.Plans;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>The start of the inner pair (Table 5).</summary>
/// <param name="B">B′ [r, r′] float32.</param>
/// <param name="A">A′ [r′, r] float32.</param>
internal sealed record InnerStart(Tensor B, Tensor A)
{
    /// <param name="sigma">Singular values behind the outer pair, [r]; only `singular` needs them.</param>
    /// <param name="seed">Of this projection.</param>
    public static InnerStart Of(InnerInitialization kind, int outerRank, int innerRank, double std, Tensor? sigma, long seed)
    {
        var (seedB, seedA) = (Seeds.Mix(seed, "inner_b"), Seeds.Mix(seed, "inner_a"));
        switch (kind)
        {
            case InnerInitialization.Normal:
                return new(RandomFactors.Normal(outerRank, innerRank, std, seedB), RandomFactors.Normal(innerRank, outerRank, std, seedA));
            case InnerInitialization.UniformZero:
                return new(zeros(outerRank, innerRank), RandomFactors.Kaiming(innerRank, outerRank, seedA));
            case InnerInitialization.Singular:
                if (sigma is null)
                {
                    throw new NoraException("adapter.inner.init is singular, but a random outer pair has no singular values. " +
                        "Set adapter.outer.init to svd or awsvd, or adapter.inner.init to normal.");
                }
                var b = diag(sigma).narrow(1, 0, Math.Min(innerRank, outerRank)); // [r, min(r, r′)]
                if (innerRank > outerRank) b = nn.functional.pad(b, [0, innerRank - outerRank]);
                return new(b, b.t());
            default:
                throw new NoraException($"adapter.inner.init is {kind}; it is normal, uniform_zero or singular.");
        }
    }
}
