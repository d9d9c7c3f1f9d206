namespace NoraPipelines.Export;

/// <summary>The forms of adapters that PEFT writes and that are read here through one door; AdaLoRA has its own.</summary>
internal enum PeftKind
{
    Lora,
    Dora,
    Vera,
    Lokr,
}
