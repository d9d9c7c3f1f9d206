namespace NoraPipelines.Methods;

/// <summary>LoRA-FA.</summary>
public sealed class LoraFaMethod : AdapterMethod
{
    public override string Name => "lora_fa";
}
