using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>LoRA whose B learns at a rate of its own: the adapters are LoRA's, the optimizer differs.</summary>
internal sealed class LoraPlusSection(LoraPlusPlan plan) : AdapterMethodSection(plan)
{
    protected override string Call(string projection) => Ranked("AddLora", projection, plan.Rank, plan.Alpha);

    protected override string StartTitle => "Initialise: A random, B zero";

    protected override string Start => "LoraStart.Initialise(adapters, run.Seed)";

    public override string Groups => $"groupOf: LoraPlusGroups.Of(ratio: {CSharp.Number(plan.RateRatio)})";
}
