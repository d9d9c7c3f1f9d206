using NoraPipelines.Export;
using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>VeRA: the plain LoRA that equals it is of a much higher rank, and lacks the vectors.</summary>
public sealed class VeraMethod : AdapterMethod
{
    public override string Name => "vera";

    internal override PeftForm PeftForm { get; } = new VeraPeftForm();

    internal override bool ReplacesPlainLora => true;

    internal override StartSource GoesOnFrom => StartSource.OwnForm;

    internal override void Place(AdapterSet adapters, IReadOnlyList<LinearProjection> targets, AdapterPlan plan)
    {
        var own = (VeraPlan)plan;
        using var pair = VeraStart.DrawPair(targets, own.Rank, own.ProjectionSeed);
        foreach (var target in targets) adapters.AddVera(target, pair, own.Dropout);
    }
}
