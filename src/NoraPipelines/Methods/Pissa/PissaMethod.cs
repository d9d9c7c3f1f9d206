using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>PiSSA: exported, as PEFT converts it, as a plain LoRA of twice its rank.</summary>
public sealed class PissaMethod : AdapterMethod
{
    public override string Name => "pissa";

    internal override void Place(AdapterSet adapters, IReadOnlyList<LinearProjection> targets, AdapterPlan plan)
    {
        var own = (PissaPlan)plan;
        foreach (var target in targets) adapters.AddPissa(target, own.Rank, own.Alpha, own.Dropout);
    }
}
