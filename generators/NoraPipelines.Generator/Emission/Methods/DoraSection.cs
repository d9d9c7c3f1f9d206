using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>LoRA on the direction of the weight's rows, and their lengths.</summary>
internal sealed class DoraSection(DoraPlan plan) : MethodSection
{
    public override string Title => $"DoRA {plan.Rank}";

    public override string Call(string projection) => Ranked("AddWeightDecomposed", projection, plan.Rank, plan.Alpha);

    public override string StartTitle => "Initialise: A random, B zero, lengths of the rows";

    public override string Start => "BaselineInitializer.InitialiseDora(adapters, run.Seed)";
}
