using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>LoRA on the direction of the weight's rows, and their lengths.</summary>
internal sealed class DoraSection(DoraPlan plan) : AdapterMethodSection(plan)
{
    protected override string Call(string projection) => Ranked("AddDora", projection, plan.Rank, plan.Alpha);

    protected override string StartTitle => "Initialise: A random, B zero, lengths of the rows";

    protected override string Start => "DoraStart.Initialise(adapters, run.Seed)";
}
