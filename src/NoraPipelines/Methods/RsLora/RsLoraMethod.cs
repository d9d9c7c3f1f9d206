using NoraPipelines.Export;
using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>rsLoRA: exported as a plain LoRA with its scale inside, and beside it as PEFT's LoRA with use_rslora.</summary>
public sealed class RsLoraMethod : AdapterMethod
{
    public override string Name => "rslora";

    internal override PeftForm PeftForm { get; } = new RsLoraPeftForm();

    internal override void Place(AdapterSet adapters, IReadOnlyList<LinearProjection> targets, AdapterPlan plan)
    {
        var own = (RsLoraPlan)plan;
        foreach (var target in targets) adapters.AddRsLora(target, own.Rank, own.Alpha, own.Dropout);
    }
}
