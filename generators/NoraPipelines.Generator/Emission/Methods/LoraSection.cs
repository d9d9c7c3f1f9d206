using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>One pair that trains.</summary>
internal sealed class LoraSection(LoraPlan plan) : AdapterMethodSection(plan)
{
    protected override string Call(string projection) => Ranked("AddLora", projection, plan.Rank, plan.Alpha);

    protected override string StartTitle => "Initialise: A random, B zero";

    protected override string Start => "LoraStart.Initialise(adapters, run.Seed)";
}
