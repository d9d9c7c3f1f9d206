using NoraPipelines.Adapters;
using NoraPipelines.Checkpoints;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>Makes adapters from the files of nested factors, in the dtype that the outer factors are stored in.</summary>
internal static class NestedReading
{
    /// <summary>The adapter of one module; whoever asked owns it.</summary>
    /// <exception cref="CheckpointException">A tensor cannot be read or is not finite.</exception>
    public static OuterPairAdapter Adapter(NestedModule module, SafetensorsFile outer, SafetensorsFile inner, Device device)
    {
        using var scope = NewDisposeScope();
        if (module.Structure is { } structure) return Structured(module, structure, outer, inner, device);
        var b = outer.ReadFinite($"{module.Path}.outer_b", device: device); // [out, r]
        var a = outer.ReadFinite($"{module.Path}.outer_a", device: device); // [r, in]
        var adapter = Frozen(module, b.dtype, device);
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

    private static StructuredAdapter Structured(
        NestedModule module, NestedStructure structure, SafetensorsFile outer, SafetensorsFile inner, Device device)
    {
        var frozen = module.OuterShapes().Keys.ToDictionary(name => name, name => outer.ReadFinite(name, device: device));
        var trained = module.InnerShapes().Keys.ToDictionary(name => name, name => inner.ReadFinite(name, device: device));
        var adapter = Make(module, structure, frozen.Values.FirstOrDefault()?.dtype ?? ScalarType.Float32, device);
        try
        {
            foreach (var (name, value) in frozen.Concat(trained)) adapter.SetTensor(name[(module.Path.Length + 1)..], value);
            return adapter;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    private static StructuredAdapter Make(NestedModule module, NestedStructure structure, ScalarType dtype, Device device)
    {
        var (size, position, trains) = ((module.Out, module.In), structure.Position, structure.TrainsOuter);
        return structure.Kind switch
        {
            InnerStructure.Serial => new SerialAdapter(
                size.Out, size.In, module.OuterRank, module.InnerRank!.Value, position, module.Alpha, module.Dropout, trains, dtype, device),
            InnerStructure.Parallel => new ParallelAdapter(
                size.Out, size.In, module.OuterRank, module.InnerRank!.Value, position, module.Alpha, module.Dropout, trains, dtype, device),
            _ => new SquareAdapter(size.Out, size.In, module.OuterRank, position, module.Alpha, module.Dropout, trains, dtype, device),
        };
    }

    private static FrozenOuterAdapter Frozen(NestedModule module, ScalarType dtype, Device device) => module.InnerRank is { } innerRank
        ? new NestedLowRankAdapter(module.Out, module.In, module.OuterRank, innerRank, module.Alpha, module.Dropout, dtype, device)
        : new LowRankCoreAdapter(module.Out, module.In, module.OuterRank, module.Alpha, module.Dropout, dtype, device);
}
