using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

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
    }

    public Tensor OuterA { get; private set; }

    public Tensor OuterB { get; }

    public override IReadOnlyList<NamedTensor> Frozen => [new("outer_a", OuterA), new("outer_b", OuterB)];

    /// <summary>The memory that A lies in, where projections of the same x share one.</summary>
    internal OuterStack? Stack { get; private set; }

    /// <summary>Whether everything between A and B as one matrix takes no more operations for a token than the steps one by one.</summary>
    internal abstract bool HasCore { get; }

    internal override IJointProduct? Joint => HasCore && !DropsOut ? FrozenOuterProduct.Joint : null;

    /// <summary>That matrix, scale included: [r, r] in <paramref name="dtype"/>.</summary>
    internal abstract Tensor CoreMatrix(ScalarType dtype);

    /// <summary>Gradients of <see cref="Adapter.Trainable"/>, in its order, float32.</summary>
    /// <param name="ofCore">The gradient of <see cref="CoreMatrix"/>.</param>
    internal abstract IReadOnlyList<Tensor> CoreGradients(Tensor ofCore);

    /// <summary>Has A in a stack from now on.</summary>
    /// <param name="part">[r, in] with the numbers of A: the adapter's own from now on.</param>
    internal void MoveInto(OuterStack stack, Tensor part)
    {
        Stack?.Dispose();
        OuterA.Dispose();
        (Stack, OuterA) = (stack, part.DetachFromDisposeScope());
    }

    public override void Dispose()
    {
        Stack?.Dispose();
        base.Dispose();
    }

    public override void SetOuter(Tensor b, Tensor a)
    {
        Set(OuterB, b, "outer_b");
        Set(OuterA, a, "outer_a");
    }
}
