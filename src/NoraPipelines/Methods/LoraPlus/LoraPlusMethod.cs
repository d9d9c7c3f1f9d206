namespace NoraPipelines.Methods;

/// <summary>LoRA+: the adapters are LoRA's, and so are their folders; the optimizer differs (<see cref="LoraPlusGroups"/>).</summary>
public sealed class LoraPlusMethod : AdapterMethod
{
    public override string Name => "lora_plus";
}
