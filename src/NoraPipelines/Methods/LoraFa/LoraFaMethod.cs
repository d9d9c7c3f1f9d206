using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>LoRA-FA.</summary>
public sealed class LoraFaMethod : AdapterMethod
{
    public override string Name => "lora_fa";

    internal override void Place(AdapterSet adapters, IReadOnlyList<LinearProjection> targets, AdapterPlan plan)
    {
        var own = (LoraFaPlan)plan;
        foreach (var target in targets) adapters.AddLoraFa(target, own.Rank, own.Alpha, own.Dropout);
    }
}
