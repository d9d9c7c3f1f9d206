using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>LoRA.</summary>
public sealed class LoraMethod : AdapterMethod
{
    public override string Name => "lora";

    internal override void Place(AdapterSet adapters, IReadOnlyList<LinearProjection> targets, AdapterPlan plan)
    {
        var own = (LoraPlan)plan;
        foreach (var target in targets) adapters.AddLora(target, own.Rank, own.Alpha, own.Dropout);
    }
}
