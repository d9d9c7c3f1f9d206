using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>LoRA that starts as the principal part of the weight.</summary>
internal sealed class PissaSection(PissaPlan plan) : AdapterMethodSection(plan)
{
    protected override string Call(string projection) => Ranked("AddPissa", projection, plan.Rank, plan.Alpha);

    protected override string StartTitle => "Initialise: SVD, taken out of the weight";

    protected override string Start => "PissaStart.Initialise(adapters, run.Seed)";
}
