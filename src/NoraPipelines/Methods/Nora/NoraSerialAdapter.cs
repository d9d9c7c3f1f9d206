using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// The serial structure at any position, and with an outer pair that may train: pairs are multiplied on. Where the pair is at w_a and the
/// outer pair frozen, this is the NoRA of the paper, for which <see cref="NoraAdapter"/> is there.
/// <code>
///              ┌──────────────────────────── W ─────────────────────────────┐
///     x [in] ──┤                                                            + ── h [out]
///              └─ A ── r ─[ A′ ── r′ ── B′ ]─ r ── B ── out ─[ Q ── r′ ── P ]┘
///                             w_a                                w_b
///
///     w_a          h = W·x + s·B·(B′·A′)·A·x            2·r·r′ parameters
///     w_b          h = W·x + s·(P·Q)·B·A·x              2·out·r′
///     w_a_and_w_b  h = W·x + s·(P·Q)·B·(B′·A′)·A·x      both                  s = alpha / r
///
///     A′ [r′, r], B′ [r, r′], Q [r′, out], P [out, r′]  train, float32
///     A  [r, in], B  [out, r]  frozen, model's dtype; or they train too, float32: r·(in + out) more
/// </code>
/// Q·B is formed first: a matrix [r′, r] of weights alone. So the backward pass keeps A·x and numbers of r′, but no activation as wide as
/// the output; with a frozen outer pair it keeps no x either.
/// </summary>
public sealed class NoraSerialAdapter : NoraStructuredAdapter
{
    /// <summary>All factors are zero until they are set.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow, or a dropout outside [0, 1).</exception>
    public NoraSerialAdapter(
        int outFeatures, int inFeatures, int outerRank, int innerRank, InnerPosition position, double alpha, double dropout, bool trainsOuter,
        ScalarType dtype, Device device)
        : base(outFeatures, inFeatures, outerRank, position, alpha, dropout, trainsOuter, dtype, device)
    {
        CheckInnerRank(innerRank);
        InnerRank = innerRank;
        OuterA = Outer("outer_a", outerRank, inFeatures);
        OuterB = Outer("outer_b", outFeatures, outerRank);
        if (HasA) (InnerA, InnerB) = (Inner("inner_a", innerRank, outerRank), Inner("inner_b", outerRank, innerRank));
        if (HasB) (Q, P) = (Inner("w_b_right", innerRank, outFeatures), Inner("w_b_left", outFeatures, innerRank));
    }

    public override InnerStructure Structure => InnerStructure.Serial;

    public override int? InnerRank { get; }

    public Tensor OuterA { get; }

    public Tensor OuterB { get; }

    /// <summary>A′; null at w_b alone.</summary>
    public Tensor? InnerA { get; }

    /// <summary>B′; null at w_b alone.</summary>
    public Tensor? InnerB { get; }

    /// <summary>Null at w_a alone.</summary>
    public Tensor? Q { get; }

    /// <summary>Null at w_a alone.</summary>
    public Tensor? P { get; }

    public override IEnumerable<InnerSlot> Slots
    {
        get
        {
            if (HasA) yield return new("inner", InnerB!, InnerA, BetweenFactors: true);
            if (HasB) yield return new("w_b", P!, Q, BetweenFactors: false);
        }
    }

    public override void SetOuter(Tensor b, Tensor a)
    {
        Set(OuterB, b, "outer_b");
        Set(OuterA, a, "outer_a");
    }

    public override Tensor Forward(Tensor x, Tensor output)
    {
        using var scope = NewDisposeScope();
        var inner = nn.functional.linear(Drop(x), OuterA.to(x.dtype)); // [.., r]
        if (HasA)
        {
            inner = nn.functional.linear(inner, InnerA!.to(x.dtype)); // [.., r′]
            inner = nn.functional.linear(inner, InnerB!.to(x.dtype)); // [.., r]
        }
        if (!HasB) return AddProduct(output, inner, OuterB.to(x.dtype), Scale).MoveToOuterDisposeScope(); // [.., out]
        var joined = Q!.mm(OuterB.to(ScalarType.Float32)); // Q·B [r′, r]
        inner = nn.functional.linear(inner, joined.to(x.dtype)); // [.., r′]
        return AddProduct(output, inner, P!.to(x.dtype), Scale).MoveToOuterDisposeScope(); // [.., out]
    }

    /// <summary>Rank min(r, r′).</summary>
    public override LowRankFactors Fold()
    {
        using var noGradient = no_grad();
        List<Tensor> chain = [OuterB, OuterA];
        if (HasA) chain.InsertRange(1, [InnerB!, InnerA!]);
        if (HasB) chain.InsertRange(0, [P!, Q!]);
        return FactorChain.Fold(Scale, [.. chain]);
    }
}
