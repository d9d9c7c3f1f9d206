using NoraPipelines.Initialization;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>The start of LoKr: w1 zero, w2a and w2b Kaiming uniform (√5), so that the model starts as it was.</summary>
public static class LokrStart
{
    /// <summary>Sets all factors; the same seed gives the same numbers. The weights stay as they are.</summary>
    /// <exception cref="NoraException">An adapter of another method.</exception>
    public static InitializationReport Initialise(AdapterSet adapters, int seed) =>
        AdapterStart.ForEach<LokrAdapter>(adapters, "lokr", seed, (adapter, _, own) => adapter.SetFactors(
            w1: zeros(adapter.W1.shape),
            w2a: RandomFactors.Kaiming(adapter.W2A.shape[0], adapter.Rank, Seeds.Mix(own, "lokr_w2_a")),
            w2b: RandomFactors.Kaiming(adapter.Rank, adapter.W2B.shape[1], Seeds.Mix(own, "lokr_w2_b"))));
}
