using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// Nested low-rank adaptation, serial form (Figure 2b of the NoRA paper).
/// <code>
///              ┌──────────────── W ─────────────────┐
///     x [in] ──┤                                    + ── h [out]      h = W·x + s·B·B′·A′·A·x,   s = alpha / r
///              └─ A ── r ── A′ ── r′ ── B′ ── r ── B ┘
///
///     A  [r, in]   frozen, model's dtype        A′ [r′, r]  trains, float32
///     B  [out, r]  frozen, model's dtype        B′ [r, r′]  trains, float32       2·r·r′ parameters
/// </code>
/// Only vectors of r and r′ numbers arise; the backward pass keeps A·x, where the steps go one by one A′A·x too, never x.
/// </summary>
public sealed class NoraAdapter : FrozenOuterAdapter, INoraAdapter
{
    /// <summary>All factors are zero until <see cref="FrozenOuterAdapter.SetOuter"/> and <see cref="SetInner"/>.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow, or a dropout outside [0, 1).</exception>
    public NoraAdapter(
        int outFeatures, int inFeatures, int outerRank, int innerRank, double alpha, double dropout, ScalarType dtype, Device device)
        : base(outFeatures, inFeatures, outerRank, alpha, dropout, dtype, device)
    {
        if (innerRank < 1) throw new NoraException($"The inner rank is {innerRank}; it must be at least 1.");
        InnerRank = innerRank;
        InnerA = TrainableZeros(device, innerRank, outerRank);
        InnerB = TrainableZeros(device, outerRank, innerRank);
        Trainable = [new("inner_a", InnerA), new("inner_b", InnerB)];
    }

    public override string Method => "nora";

    public InnerStructure Structure => InnerStructure.Serial;

    public override int? InnerRank { get; }

    public IEnumerable<InnerSlot> Slots => [new("inner", InnerB, InnerA, BetweenFactors: true)];

    public Tensor InnerA { get; }

    public Tensor InnerB { get; }

    public override IReadOnlyList<NamedTensor> Trainable { get; }

    /// <summary>Copies b [r, r′] and a [r′, r] into the parameters.</summary>
    /// <exception cref="NoraException">Other shapes.</exception>
    public void SetInner(Tensor b, Tensor a)
    {
        Set(InnerB, b, "inner_b");
        Set(InnerA, a, "inner_a");
    }

    /// <summary>r² against 2·r·r′.</summary>
    internal override bool HasCore => OuterRank <= 2 * InnerRank;

    /// <summary>s·B′·A′.</summary>
    internal override Tensor CoreMatrix(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        return InnerB.mm(InnerA).mul_(Scale).to(dtype).MoveToOuterDisposeScope();
    }

    internal override IReadOnlyList<Tensor> CoreGradients(Tensor ofCore)
    {
        using var scope = NewDisposeScope();
        var ofProduct = ofCore.to(ScalarType.Float32) * Scale; // of B′·A′, [r, r]
        return [InnerB.t().mm(ofProduct).MoveToOuterDisposeScope(), ofProduct.mm(InnerA.t()).MoveToOuterDisposeScope()];
    }

    public override Tensor Forward(Tensor x, Tensor output)
    {
        using var scope = NewDisposeScope();
        var outer = nn.functional.linear(Drop(x), OuterA); // [.., r]
        var inner = nn.functional.linear(outer, InnerA.to(outer.dtype)); // [.., r′]
        outer = nn.functional.linear(inner, InnerB.to(outer.dtype)); // [.., r]
        return AddProduct(output, outer, OuterB, Scale).MoveToOuterDisposeScope(); // [.., out]
    }

    /// <summary>A′·A and s·B·B′: rank r′, or r where that is smaller.</summary>
    public override LowRankFactors Fold()
    {
        using var noGradient = no_grad();
        return FactorChain.Fold(Scale, OuterB, InnerB, InnerA, OuterA);
    }
}
