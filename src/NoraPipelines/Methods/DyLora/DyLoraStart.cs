using NoraPipelines.Initialization;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>The start of DyLoRA: A Kaiming uniform (√5), B zero, as LoRA.</summary>
public static class DyLoraStart
{
    /// <summary>Sets all factors; the same seed gives the same numbers. The weights stay as they are.</summary>
    /// <exception cref="NoraException">An adapter of another method.</exception>
    public static InitializationReport Initialise(AdapterSet adapters, int seed) =>
        AdapterStart.ForEach<DyLoraAdapter>(adapters, "dylora", seed, (adapter, _, own) => adapter.SetFactors(
            b: zeros(adapter.OutFeatures, adapter.Rank),
            a: RandomFactors.Kaiming(adapter.Rank, adapter.InFeatures, Seeds.Mix(own, "lora_a"))));
}
