using NoraPipelines.Export;
using NoraPipelines.Models;

namespace NoraPipelines.Methods;

/// <summary>AdaLoRA: exported as a plain LoRA of the triples that were kept, and beside it in PEFT's form.</summary>
public sealed class AdaLoraMethod : AdapterMethod
{
    public override string Name => "adalora";

    internal override PeftForm PeftForm { get; } = new AdaLoraPeftForm();

    internal override IReadOnlyDictionary<string, int> KeptRanks(AdapterSet adapters) =>
        adapters.Items.ToDictionary(item => item.Projection.Path, item => ((AdaLoraAdapter)item.Adapter).Kept().Count(kept => kept));
}
