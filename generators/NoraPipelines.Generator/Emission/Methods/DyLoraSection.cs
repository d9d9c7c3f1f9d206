using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>LoRA cut to a rank that is drawn for every step.</summary>
internal sealed class DyLoraSection(DyLoraPlan plan) : MethodSection
{
    public override string Title => $"DyLoRA {plan.Rank}";

    public override string Call(string projection) => Ranked("AddDynamicRank", projection, plan.Rank, plan.Alpha);

    public override string StartTitle => "Initialise: A random, B zero";

    public override string Start => "ChangingRankInitializer.InitialiseDyLora(adapters, run.Seed)";

    public override string AfterAdapters => $"DynamicRank.Cut(adapters, run.Setting(DyLoraKeys.RankAt, {plan.RankAt})); // but in training";

    public override string BeforeStep => "DynamicRank.Draw(adapters, run.Seed, training.Step); // the one rank that this step trains";
}
