using NoraPipelines.Initialization;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>The start of AdaLoRA: E zero, P and Q from N(0, 0.02²), so that the model starts as it was.</summary>
public static class AdaLoraStart
{
    /// <summary>Of P and Q (peft/tuners/adalora/layer.py, reset_lora_parameters).</summary>
    private const double FactorStd = 0.02;

    /// <summary>Sets all factors; the same seed gives the same numbers. The weights stay as they are.</summary>
    /// <exception cref="NoraException">An adapter of another method.</exception>
    public static InitializationReport Initialise(AdapterSet adapters, int seed) =>
        AdapterStart.ForEach<AdaLoraAdapter>(adapters, "adalora", seed, (adapter, _, own) => adapter.SetFactors(
            p: RandomFactors.Normal(adapter.OutFeatures, adapter.Rank, FactorStd, Seeds.Mix(own, "lora_b")),
            e: zeros(adapter.Rank, 1),
            q: RandomFactors.Normal(adapter.Rank, adapter.InFeatures, FactorStd, Seeds.Mix(own, "lora_a"))));
}
