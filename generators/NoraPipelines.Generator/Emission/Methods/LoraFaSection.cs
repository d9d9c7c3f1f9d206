using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>LoRA whose A is frozen.</summary>
internal sealed class LoraFaSection(LoraFaPlan plan) : AdapterMethodSection(plan)
{
    protected override string Call(string projection) => Ranked("AddLoraFa", projection, plan.Rank, plan.Alpha);

    protected override string StartTitle => "Initialise: A random and frozen, B zero";

    protected override string Start => "LoraStart.Initialise(adapters, run.Seed)";
}
