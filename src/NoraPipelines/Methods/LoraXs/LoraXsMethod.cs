using NoraPipelines.Export;
using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>LoRA-XS.</summary>
public sealed class LoraXsMethod : AdapterMethod
{
    public override string Name => "lora_xs";

    internal override NestedForm NestedForm { get; } = new LoraXsNestedForm();

    internal override StartSource GoesOnFrom => StartSource.Nested;

    internal override void Place(AdapterSet adapters, IReadOnlyList<LinearProjection> targets, AdapterPlan plan)
    {
        var own = (LoraXsPlan)plan;
        foreach (var target in targets) adapters.AddLoraXs(target, own.Rank, own.Alpha, own.Dropout);
    }
}
