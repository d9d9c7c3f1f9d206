using NoraPipelines.Export;

namespace NoraPipelines.Methods;

/// <summary>VeRA: the plain LoRA that equals it is of a much higher rank, and lacks the vectors.</summary>
public sealed class VeraMethod : AdapterMethod
{
    public override string Name => "vera";

    internal override PeftForm PeftForm { get; } = new VeraPeftForm();

    internal override bool ReplacesPlainLora => true;

    internal override StartSource GoesOnFrom => StartSource.OwnForm;
}
