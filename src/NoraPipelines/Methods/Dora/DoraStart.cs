using NoraPipelines.Initialization;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>The start of DoRA: A Kaiming uniform (√5), B zero, g the norm of each row of W, so that the model starts as it was.</summary>
public static class DoraStart
{
    /// <summary>Sets all factors; the same seed gives the same numbers. The weights stay as they are.</summary>
    /// <exception cref="NoraException">An adapter of another method.</exception>
    public static InitializationReport Initialise(AdapterSet adapters, int seed) =>
        AdapterStart.ForEach<DoraAdapter>(adapters, "dora", seed, (adapter, weight, own) => adapter.SetFactors(
            b: zeros(adapter.OutFeatures, adapter.Rank),
            a: RandomFactors.Kaiming(adapter.Rank, adapter.InFeatures, Seeds.Mix(own, "lora_a")),
            magnitude: weight.to(float32).norm(1)));
}
