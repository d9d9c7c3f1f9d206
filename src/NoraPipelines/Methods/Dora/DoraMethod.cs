using NoraPipelines.Export;

namespace NoraPipelines.Methods;

/// <summary>DoRA: no plain LoRA equals it, since every row of the weight is rescaled.</summary>
public sealed class DoraMethod : AdapterMethod
{
    public override string Name => "dora";

    internal override PeftForm PeftForm { get; } = new DoraPeftForm();

    internal override bool ReplacesPlainLora => true;

    internal override StartSource GoesOnFrom => StartSource.OwnForm;
}
