using NoraPipelines.Export;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>NoRA in a folder of nested factors: what is frozen outside, what trains inside (docs/design-space.md has the names).</summary>
internal sealed class NoraNestedForm : NestedForm
{
    /// <summary>A structure is named, or there is an inner pair.</summary>
    public override bool IsOf(NestedModule module) => module.Structure is not null || module.InnerRank is not null;

    public override IEnumerable<(string Name, long Rows, long Columns)> Frozen(NestedModule module)
    {
        if (module.Structure is not { } structure) return module.OuterPair();
        var parallel = structure.Kind == InnerStructure.Parallel;
        if (structure.TrainsOuter) return parallel ? [("start_a", module.OuterRank, module.In), ("start_b", module.Out, module.OuterRank)] : [];
        // What a parallel pair leaves out of its output is not held.
        return module.OuterPair().Where(factor => !parallel || (factor.Name == "outer_a" ? structure.HasB : structure.HasA));
    }

    public override IEnumerable<(string Name, long Rows, long Columns)> Trainable(NestedModule module)
    {
        var (rank, inner) = (module.OuterRank, module.InnerRank ?? 0);
        if (module.Structure is not { } structure) return [("inner_a", inner, rank), ("inner_b", rank, inner)];
        IEnumerable<(string, long, long)> atA = structure.Kind switch
        {
            InnerStructure.Serial => [("inner_a", inner, rank), ("inner_b", rank, inner)],
            InnerStructure.Parallel => [("w_a_right", inner, module.In), ("w_a_left", rank, inner)],
            _ => [("w_a", rank, rank)],
        };
        IEnumerable<(string, long, long)> atB = structure.Kind switch
        {
            InnerStructure.Serial => [("w_b_right", inner, module.Out), ("w_b_left", module.Out, inner)],
            InnerStructure.Parallel => [("w_b_right", inner, rank), ("w_b_left", module.Out, inner)],
            _ => [("w_b", module.Out, module.Out)],
        };
        return [.. structure.TrainsOuter ? module.OuterPair() : [], .. structure.HasA ? atA : [], .. structure.HasB ? atB : []];
    }

    protected override OuterPairAdapter Make(NestedModule module, ScalarType dtype, Device device)
    {
        var (size, rank, alpha, dropout) = ((module.Out, module.In), module.OuterRank, module.Alpha, module.Dropout);
        if (module.Structure is not { Position: var position, TrainsOuter: var trains } structure)
            return new NoraAdapter(size.Out, size.In, rank, module.InnerRank!.Value, alpha, dropout, dtype, device);
        return structure.Kind switch
        {
            InnerStructure.Serial => new NoraSerialAdapter(
                size.Out, size.In, rank, module.InnerRank!.Value, position, alpha, dropout, trains, dtype, device),
            InnerStructure.Parallel => new NoraParallelAdapter(
                size.Out, size.In, rank, module.InnerRank!.Value, position, alpha, dropout, trains, dtype, device),
            _ => new NoraSquareAdapter(size.Out, size.In, rank, position, alpha, dropout, trains, dtype, device),
        };
    }
}
