using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>A Kronecker product of a small matrix and a low-rank one.</summary>
internal sealed class LokrSection(LokrPlan plan) : AdapterMethodSection(plan)
{
    protected override string Call(string projection) =>
        Ranked("AddLokr", projection, plan.Rank, plan.Alpha) + (plan.Factor is { } factor ? $", factor: {factor}" : "");

    protected override string StartTitle => "Initialise: w1 zero";

    protected override string Start => "LokrStart.Initialise(adapters, run.Seed)";
}
