using NoraPipelines.Initialization;
using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>The start of LoRA-XS: B = UΣ and A = Vᵀ of the weight's truncated SVD, frozen; R from N(0, 1e-5²).</summary>
public static class LoraXsStart
{
    /// <summary>Standard deviation of R.</summary>
    private const double CoreStd = 1e-5;

    /// <summary>Sets all factors; the same seed gives the same numbers. The weights stay as they are.</summary>
    /// <exception cref="NoraException">An adapter of another method, or a weight that is not finite.</exception>
    public static InitializationReport Initialise(AdapterSet adapters, int seed) =>
        AdapterStart.ForEach<LoraXsAdapter>(adapters, "lora_xs", seed, (adapter, weight, own) =>
        {
            var outer = AwSvd.Factor(weight, null, adapter.OuterRank, SigmaSide.B, new SvdOptions(Seed: Seeds.Mix(own, "svd")));
            adapter.SetOuter(outer.B, outer.A);
            adapter.SetCore(RandomFactors.Normal(adapter.OuterRank, adapter.OuterRank, CoreStd, Seeds.Mix(own, "core")));
        });
}
