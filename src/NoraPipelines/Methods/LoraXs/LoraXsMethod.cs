using NoraPipelines.Export;

namespace NoraPipelines.Methods;

/// <summary>LoRA-XS.</summary>
public sealed class LoraXsMethod : AdapterMethod
{
    public override string Name => "lora_xs";

    internal override NestedForm NestedForm { get; } = new LoraXsNestedForm();

    internal override StartSource GoesOnFrom => StartSource.Nested;
}
