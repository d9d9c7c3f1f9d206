using NoraPipelines.Export;

namespace NoraPipelines.Methods;

/// <summary>LoKr: the plain LoRA that equals it is of a much higher rank.</summary>
public sealed class LokrMethod : AdapterMethod
{
    public override string Name => "lokr";

    internal override PeftForm PeftForm { get; } = new LokrPeftForm();

    internal override bool ReplacesPlainLora => true;

    internal override StartSource GoesOnFrom => StartSource.OwnForm;
}
