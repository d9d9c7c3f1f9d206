using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>LoRA that starts as the principal part of the weight.</summary>
internal sealed class PissaSection(PissaPlan plan) : MethodSection
{
    public override string Title => $"PiSSA {plan.Rank}";

    public override string Call(string projection) => Ranked("AddPrincipal", projection, plan.Rank, plan.Alpha);

    public override string StartTitle => "Initialise: SVD, taken out of the weight";

    public override string Start => "BaselineInitializer.InitialisePissa(adapters, run.Seed)";
}
