using NoraPipelines.Initialization;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>The start of LoRA, and of its variants rsLoRA, LoRA+ and LoRA-FA: A Kaiming uniform (√5), B zero, so that the model starts as it was.</summary>
public static class LoraStart
{
    /// <summary>Sets all factors; the same seed gives the same numbers. The weights stay as they are.</summary>
    /// <exception cref="NoraException">An adapter of another method.</exception>
    public static InitializationReport Initialise(AdapterSet adapters, int seed) =>
        AdapterStart.ForEach<LoraAdapter>(adapters, "lora", seed, (adapter, _, own) => adapter.SetFactors(
            b: zeros(adapter.OutFeatures, adapter.Rank),
            a: RandomFactors.Kaiming(adapter.Rank, adapter.InFeatures, Seeds.Mix(own, "lora_a"))));
}
