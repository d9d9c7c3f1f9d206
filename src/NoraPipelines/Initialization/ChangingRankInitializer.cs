using NoraPipelines.Adapters;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>Starts of the methods whose rank changes in training. Each leaves the model's function as it was.</summary>
public static class ChangingRankInitializer
{
    /// <summary>Of P and Q (peft/tuners/adalora/layer.py, reset_lora_parameters).</summary>
    private const double FactorStd = 0.02;

    /// <summary>AdaLoRA: E zero, P and Q from N(0, 0.02²).</summary>
    /// <exception cref="NoraException">An adapter of another method.</exception>
    public static InitializationReport InitialiseAdaLora(AdapterSet adapters, int seed) =>
        LoraInitializer.ForEach<AdaptiveRankAdapter>(adapters, "adalora", seed, (adapter, _, own) => adapter.SetFactors(
            p: RandomFactors.Normal(adapter.OutFeatures, adapter.Rank, FactorStd, Seeds.Mix(own, "lora_b")),
            e: zeros(adapter.Rank, 1),
            q: RandomFactors.Normal(adapter.Rank, adapter.InFeatures, FactorStd, Seeds.Mix(own, "lora_a"))));

    /// <summary>DyLoRA: A Kaiming uniform (√5), B zero, as LoRA.</summary>
    /// <exception cref="NoraException">An adapter of another method.</exception>
    public static InitializationReport InitialiseDyLora(AdapterSet adapters, int seed) =>
        LoraInitializer.ForEach<DynamicRankAdapter>(adapters, "dylora", seed, (adapter, _, own) => adapter.SetFactors(
            b: zeros(adapter.OutFeatures, adapter.Rank),
            a: RandomFactors.Kaiming(adapter.Rank, adapter.InFeatures, Seeds.Mix(own, "lora_a"))));
}
