namespace NoraPipelines.Methods;

/// <summary>LoRA.</summary>
public sealed class LoraMethod : AdapterMethod
{
    public override string Name => "lora";
}
