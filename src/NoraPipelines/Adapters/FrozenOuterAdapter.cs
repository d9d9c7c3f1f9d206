using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Adapters;

/// <summary>
/// An adapter that works between two frozen outer factors: x is taken down to r numbers by A, changed there by what trains, and
/// taken up by B. Neither W nor A needs a gradient, so the graph keeps A·x and never x.
/// </summary>
// A [r, in], B [out, r], both in the dtype of the model, zero until SetOuter.
public abstract class FrozenOuterAdapter : OuterPairAdapter
{
    private protected FrozenOuterAdapter(
        int outFeatures, int inFeatures, int outerRank, double alpha, double dropout, ScalarType dtype, Device device)
        : base(outFeatures, inFeatures, outerRank, alpha, dropout)
    {
        OuterA = zeros([outerRank, inFeatures], dtype, device).DetachFromDisposeScope();
        OuterB = zeros([outFeatures, outerRank], dtype, device).DetachFromDisposeScope();
        Frozen = [new("outer_a", OuterA), new("outer_b", OuterB)];
    }

    public Tensor OuterA { get; }

    public Tensor OuterB { get; }

    public override IReadOnlyList<NamedTensor> Frozen { get; }

    /// <summary>
    /// Everything between A and B as one matrix, scale included: [r, r] in <paramref name="dtype"/>, differentiable. Null where the steps one
    /// by one take fewer operations.
    /// </summary>
    internal abstract Tensor? CoreMatrix(ScalarType dtype);

    public override void SetOuter(Tensor b, Tensor a)
    {
        Set(OuterB, b, "outer_b");
        Set(OuterA, a, "outer_a");
    }
}
