using NoraPipelines.Plans;

namespace NoraPipelines.Initialization;

/// <summary>How singular triples are computed.</summary>
/// <param name="Oversampling">Columns that the randomized method works on beyond the rank.</param>
/// <param name="Iterations">Its subspace iterations; each multiplies the error by about (σ_next / σ_rank)².</param>
/// <param name="Seed">Of its random start; the exact method has none.</param>
public sealed record SvdOptions(SvdKind Kind = SvdKind.Randomized, int Oversampling = 16, int Iterations = 4, long Seed = 0)
{
    public static SvdOptions Exact { get; } = new(SvdKind.Exact);
}
