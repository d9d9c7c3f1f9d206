using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>LoRA whose A is frozen.</summary>
internal sealed class LoraFaSection(LoraFaPlan plan) : MethodSection
{
    public override string Title => $"LoRA-FA {plan.Rank}";

    public override string Call(string projection) => Ranked("AddFrozenDown", projection, plan.Rank, plan.Alpha);

    public override string StartTitle => "Initialise: A random and frozen, B zero";

    public override string Start => "LoraInitializer.Initialise(adapters, run.Seed)";
}
