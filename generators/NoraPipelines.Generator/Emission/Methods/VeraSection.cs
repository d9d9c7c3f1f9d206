using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>Two vectors a projection beside one random pair for the whole model.</summary>
internal sealed class VeraSection(VeraPlan plan) : AdapterMethodSection(plan)
{
    protected override string BeforeAdapters =>
        $"using var pair = VeraStart.DrawPair(model, [{string.Join(", ", plan.Targets.Select(CSharp.Text))}], "
        + $"rank: {plan.Rank}, seed: {plan.ProjectionSeed}); // one pair for the largest";

    protected override string Call(string projection) => $"AddVera({projection}, pair";

    protected override string StartTitle => "Initialise: b zero";

    protected override string Start => $"VeraStart.Initialise(adapters, initialD: {CSharp.Number(plan.InitialD)})";
}
