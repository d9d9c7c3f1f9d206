using NoraPipelines.Export;
using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>LoKr: the plain LoRA that equals it is of a much higher rank.</summary>
public sealed class LokrMethod : AdapterMethod
{
    public override string Name => "lokr";

    internal override PeftForm PeftForm { get; } = new LokrPeftForm();

    internal override bool ReplacesPlainLora => true;

    internal override StartSource GoesOnFrom => StartSource.OwnForm;

    internal override void Place(AdapterSet adapters, IReadOnlyList<LinearProjection> targets, AdapterPlan plan)
    {
        var own = (LokrPlan)plan;
        foreach (var target in targets) adapters.AddLokr(target, own.Rank, own.Alpha, own.Factor, own.Dropout);
    }
}
