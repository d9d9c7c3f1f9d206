using NoraPipelines.Methods;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Methods;

/// <summary>Every structure, position and state of the outer pair, and the change of the weight that each is by its formula.</summary>
internal static class Structures
{
    public static TheoryData<InnerStructure, InnerPosition, bool> All
    {
        get
        {
            var all = new TheoryData<InnerStructure, InnerPosition, bool>();
            foreach (var structure in Enum.GetValues<InnerStructure>())
            {
                foreach (var position in Enum.GetValues<InnerPosition>())
                {
                    all.Add(structure, position, false);
                    all.Add(structure, position, true);
                }
            }
            return all;
        }
    }

    public static NoraStructuredAdapter Make(
        InnerStructure structure, InnerPosition position, bool trainsOuter, int outFeatures, int inFeatures, int outerRank, int innerRank,
        double alpha, ScalarType dtype = ScalarType.Float32, double dropout = 0) => structure switch
        {
            InnerStructure.Serial => new NoraSerialAdapter(outFeatures, inFeatures, outerRank, innerRank, position, alpha, dropout, trainsOuter, dtype, TestDevice.Here),
            InnerStructure.Parallel => new NoraParallelAdapter(outFeatures, inFeatures, outerRank, innerRank, position, alpha, dropout, trainsOuter, dtype, TestDevice.Here),
            _ => new NoraSquareAdapter(outFeatures, inFeatures, outerRank, position, alpha, dropout, trainsOuter, dtype, TestDevice.Here),
        };

    /// <summary>Values in every tensor, so that each changes the output; with a start that has been left behind where the outer pair trains.</summary>
    public static (Tensor B, Tensor A) Fill(NoraStructuredAdapter adapter, Func<long[], Tensor> draw)
    {
        var (b, a) = (draw([adapter.OutFeatures, adapter.OuterRank]), draw([adapter.OuterRank, adapter.InFeatures]));
        adapter.SetOuter(b, a);
        foreach (var (name, value) in adapter.Trainable.ToArray())
            adapter.SetTensor(name, name.StartsWith("outer", StringComparison.Ordinal) ? value.detach() + 0.3 * draw(value.shape) : draw(value.shape));
        return (b, a);
    }

    /// <summary>ΔW / s in float64, as docs/design-space.md has it, from tensors by their names.</summary>
    /// <param name="start">The outer pair as it was set.</param>
    public static Tensor Change(NoraStructuredAdapter adapter, IReadOnlyDictionary<string, Tensor> of, (Tensor B, Tensor A) start)
    {
        var (a, b) = (of.GetValueOrDefault("outer_a", start.A), of.GetValueOrDefault("outer_b", start.B));
        var (hasA, hasB) = (adapter.Position != InnerPosition.WB, adapter.Position != InnerPosition.WA);
        switch (adapter.Structure)
        {
            case InnerStructure.Serial:
                var serial = hasA ? b.mm(of["inner_b"].mm(of["inner_a"])).mm(a) : b.mm(a);
                return hasB ? of["w_b_left"].mm(of["w_b_right"]).mm(serial) : serial;
            case InnerStructure.Parallel:
                var right = hasA ? a + of["w_a_left"].mm(of["w_a_right"]) : a;
                var left = hasB ? b + of["w_b_left"].mm(of["w_b_right"]) : b;
                return left.mm(right) - start.B.mm(start.A);
            default:
                var square = hasA ? b.mm(of["w_a"]).mm(a) : b.mm(a);
                return hasB ? of["w_b"].mm(square) : square;
        }
    }
}
