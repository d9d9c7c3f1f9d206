using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>One small matrix between two frozen factors of the weight.</summary>
internal sealed class LoraXsSection(LoraXsPlan plan) : AdapterMethodSection(plan)
{
    protected override string Call(string projection) => Ranked("AddLoraXs", projection, plan.Rank, plan.Alpha);

    protected override string StartTitle => "Initialise: SVD";

    protected override string Start => "LoraXsStart.Initialise(adapters, run.Seed)";
}
