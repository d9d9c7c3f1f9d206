using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>Two vectors a projection beside one random pair for the whole model.</summary>
internal sealed class VeraSection(VeraPlan plan) : MethodSection
{
    public override string Title => $"VeRA {plan.Rank}";

    public override string BeforeAdapters =>
        $"using var shared = BaselineInitializer.DrawShared(model, [{string.Join(", ", plan.Targets.Select(CSharp.Text))}], "
        + $"rank: {plan.Rank}, seed: {plan.ProjectionSeed}); // one pair for the largest";

    public override string Call(string projection) => $"AddVector({projection}, shared";

    public override string StartTitle => "Initialise: b zero";

    public override string Start => $"BaselineInitializer.InitialiseVera(adapters, initialD: {CSharp.Number(plan.InitialD)})";
}
