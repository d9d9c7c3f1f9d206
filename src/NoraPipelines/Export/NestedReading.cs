using NoraPipelines.Adapters;
using NoraPipelines.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>Makes adapters from the files of nested factors, in the dtype that the outer factors are stored in.</summary>
internal static class NestedReading
{
    /// <summary>The adapter of one module; whoever asked owns it.</summary>
    /// <exception cref="CheckpointException">A tensor cannot be read or is not finite.</exception>
    public static FrozenOuterAdapter Adapter(NestedModule module, SafetensorsFile outer, SafetensorsFile inner, Device device)
    {
        using var scope = NewDisposeScope();
        var b = outer.ReadFinite($"{module.Path}.outer_b", device: device); // [out, r]
        var a = outer.ReadFinite($"{module.Path}.outer_a", device: device); // [r, in]
        var adapter = Make(module, b.dtype, device);
        try
        {
            adapter.SetOuter(b, a);
            switch (adapter)
            {
                case NestedLowRankAdapter nested:
                    nested.SetInner(Inner("inner_b"), Inner("inner_a"));
                    break;
                case LowRankCoreAdapter core:
                    core.SetCore(Inner("core"));
                    break;
            }
            return adapter;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }

        Tensor Inner(string name) => inner.ReadFinite($"{module.Path}.{name}", device: device);
    }

    private static FrozenOuterAdapter Make(NestedModule module, ScalarType dtype, Device device) => module.InnerRank is { } innerRank
        ? new NestedLowRankAdapter(module.Out, module.In, module.OuterRank, innerRank, module.Alpha, module.Dropout, dtype, device)
        : new LowRankCoreAdapter(module.Out, module.In, module.OuterRank, module.Alpha, module.Dropout, dtype, device);
}
