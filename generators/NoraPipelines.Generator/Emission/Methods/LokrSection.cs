using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>A Kronecker product of a small matrix and a low-rank one.</summary>
internal sealed class LokrSection(LokrPlan plan) : MethodSection
{
    public override string Title => $"LoKr {plan.Rank}";

    public override string Call(string projection) =>
        Ranked("AddKronecker", projection, plan.Rank, plan.Alpha) + (plan.Factor is { } factor ? $", factor: {factor}" : "");

    public override string StartTitle => "Initialise: w1 zero";

    public override string Start => "BaselineInitializer.InitialiseLokr(adapters, run.Seed)";
}
