using NoraPipelines.Export;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>LoRA-XS in a folder of nested factors: A and B outside, R inside.</summary>
internal sealed class LoraXsNestedForm : NestedForm
{
    public override bool IsOf(NestedModule module) => module is { Structure: null, InnerRank: null };

    public override IEnumerable<(string Name, long Rows, long Columns)> Frozen(NestedModule module) => module.OuterPair();

    public override IEnumerable<(string Name, long Rows, long Columns)> Trainable(NestedModule module) => [("core", module.OuterRank, module.OuterRank)];

    protected override OuterPairAdapter Make(NestedModule module, ScalarType dtype, Device device) =>
        new LoraXsAdapter(module.Out, module.In, module.OuterRank, module.Alpha, module.Dropout, dtype, device);
}
