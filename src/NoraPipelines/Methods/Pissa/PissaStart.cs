using NoraPipelines.Initialization;
using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>The start of PiSSA: A = √(Σ/s)·Vᵀ and B = U·√(Σ/s) of the exact truncated SVD, so that s·B·A is the best approximation of rank r.</summary>
public static class PissaStart
{
    /// <summary>Sets all factors; the same seed gives the same numbers. The weights stay as they are.</summary>
    /// <exception cref="NoraException">An adapter of another method, or a weight that is not finite.</exception>
    public static InitializationReport Initialise(AdapterSet adapters, int seed) =>
        AdapterStart.ForEach<PissaAdapter>(adapters, "pissa", seed, (adapter, weight, own) =>
        {
            var svd = TruncatedSvd.Of(weight, adapter.Rank, new SvdOptions(Kind: SvdKind.Exact, Seed: Seeds.Mix(own, "svd")));
            var root = (svd.Sigma / adapter.Scale).sqrt(); // [r]
            adapter.SetStart(b: svd.U * root, a: root.unsqueeze(1) * svd.Vt);
        });
}
