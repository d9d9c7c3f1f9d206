using NoraPipelines.Export;

namespace NoraPipelines.Methods;

/// <summary>rsLoRA: exported as a plain LoRA with its scale inside, and beside it as PEFT's LoRA with use_rslora.</summary>
public sealed class RsLoraMethod : AdapterMethod
{
    public override string Name => "rslora";

    internal override PeftForm PeftForm { get; } = new RsLoraPeftForm();
}
