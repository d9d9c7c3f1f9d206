using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>LoRA scaled by alpha / √rank.</summary>
internal sealed class RsLoraSection(RsLoraPlan plan) : MethodSection
{
    public override string Title => $"rsLoRA {plan.Rank}";

    public override string Call(string projection) => Ranked("AddRankStabilized", projection, plan.Rank, plan.Alpha);

    public override string StartTitle => "Initialise: A random, B zero";

    public override string Start => "LoraInitializer.Initialise(adapters, run.Seed)";
}
