using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>LoRA+: the adapters are LoRA's, and so are their folders; the optimizer differs (<see cref="LoraPlusGroups"/>).</summary>
public sealed class LoraPlusMethod : AdapterMethod
{
    public override string Name => "lora_plus";

    internal override void Place(AdapterSet adapters, IReadOnlyList<LinearProjection> targets, AdapterPlan plan)
    {
        var own = (LoraPlusPlan)plan;
        foreach (var target in targets) adapters.AddLora(target, own.Rank, own.Alpha, own.Dropout);
    }
}
