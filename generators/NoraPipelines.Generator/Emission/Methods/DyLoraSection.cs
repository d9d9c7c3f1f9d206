using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>LoRA cut to a rank that is drawn for every step.</summary>
internal sealed class DyLoraSection(DyLoraPlan plan) : AdapterMethodSection(plan)
{
    protected override string Call(string projection) => Ranked("AddDyLora", projection, plan.Rank, plan.Alpha);

    protected override string StartTitle => "Initialise: A random, B zero";

    protected override string Start => "DyLoraStart.Initialise(adapters, run.Seed)";

    protected override string AfterAdapters => $"DyLoraRank.Cut(adapters, run.Setting(DyLoraKeys.RankAt, {plan.RankAt})); // but in training";

    public override string BeforeStep => "DyLoraRank.Draw(adapters, run.Seed, training.Step); // the one rank that this step trains";
}
