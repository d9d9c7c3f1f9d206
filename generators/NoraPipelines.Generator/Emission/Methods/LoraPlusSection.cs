using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>LoRA whose B learns at a rate of its own: the adapters are LoRA's, the optimizer differs.</summary>
internal sealed class LoraPlusSection(LoraPlusPlan plan) : MethodSection
{
    public override string Title => $"LoRA+ {plan.Rank}";

    public override string Call(string projection) => Ranked("AddLowRank", projection, plan.Rank, plan.Alpha);

    public override string StartTitle => "Initialise: A random, B zero";

    public override string Start => "LoraInitializer.Initialise(adapters, run.Seed)";

    public override string Groups => $"groupOf: ParameterGroup.LoraPlus(ratio: {CSharp.Number(plan.RateRatio)})";
}
