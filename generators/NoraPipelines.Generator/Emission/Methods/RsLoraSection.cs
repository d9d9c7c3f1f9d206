using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>LoRA scaled by alpha / √rank.</summary>
internal sealed class RsLoraSection(RsLoraPlan plan) : AdapterMethodSection(plan)
{
    protected override string Call(string projection) => Ranked("AddRsLora", projection, plan.Rank, plan.Alpha);

    protected override string StartTitle => "Initialise: A random, B zero";

    protected override string Start => "LoraStart.Initialise(adapters, run.Seed)";
}
