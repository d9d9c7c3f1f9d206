namespace NoraPipelines.Methods;

/// <summary>PiSSA: exported, as PEFT converts it, as a plain LoRA of twice its rank.</summary>
public sealed class PissaMethod : AdapterMethod
{
    public override string Name => "pissa";
}
