using NoraPipelines.Export;
using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>DoRA: no plain LoRA equals it, since every row of the weight is rescaled.</summary>
public sealed class DoraMethod : AdapterMethod
{
    public override string Name => "dora";

    internal override PeftForm PeftForm { get; } = new DoraPeftForm();

    internal override bool ReplacesPlainLora => true;

    internal override StartSource GoesOnFrom => StartSource.OwnForm;

    internal override void Place(AdapterSet adapters, IReadOnlyList<LinearProjection> targets, AdapterPlan plan)
    {
        var own = (DoraPlan)plan;
        foreach (var target in targets) adapters.AddDora(target, own.Rank, own.Alpha, own.Dropout);
    }
}
