using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// The adapter structure (Eq. 9): one square matrix where the serial structure has a pair, so there is no inner rank.
/// <code>
///              ┌─────────────────── W ────────────────────┐
///     x [in] ──┤                                          + ── h [out]
///              └─ A ── r ─[ R_a ]─ r ── B ── out ─[ R_b ]──┘
///                           w_a                    w_b
///
///     w_a          h = W·x + s·B·R_a·A·x         r² parameters
///     w_b          h = W·x + s·R_b·B·A·x         out²
///     w_a_and_w_b  h = W·x + s·R_b·B·R_a·A·x     r² + out²          s = alpha / r
///
///     R_a [r, r], R_b [out, out]  train, float32
///     A [r, in], B [out, r]  frozen, model's dtype; or they train too, float32: r·(in + out) more
/// </code>
/// R_b·B is formed first: a matrix [out, r] of weights alone, so that no activation as wide as the output is kept. At w_a with a frozen
/// outer pair from the SVD this is LoRA-XS.
/// </summary>
public sealed class NoraSquareAdapter : NoraStructuredAdapter
{
    /// <summary>All factors are zero until they are set.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow, or a dropout outside [0, 1).</exception>
    public NoraSquareAdapter(
        int outFeatures, int inFeatures, int outerRank, InnerPosition position, double alpha, double dropout, bool trainsOuter,
        ScalarType dtype, Device device)
        : base(outFeatures, inFeatures, outerRank, position, alpha, dropout, trainsOuter, dtype, device)
    {
        OuterA = Outer("outer_a", outerRank, inFeatures);
        OuterB = Outer("outer_b", outFeatures, outerRank);
        if (HasA) RA = Inner("w_a", outerRank, outerRank);
        if (HasB) RB = Inner("w_b", outFeatures, outFeatures);
    }

    public override InnerStructure Structure => InnerStructure.Adapter;

    public override int? InnerRank => null;

    public Tensor OuterA { get; }

    public Tensor OuterB { get; }

    /// <summary>R_a; null at w_b alone.</summary>
    public Tensor? RA { get; }

    /// <summary>R_b; null at w_a alone.</summary>
    public Tensor? RB { get; }

    public override IEnumerable<InnerSlot> Slots
    {
        get
        {
            if (HasA) yield return new("inner", RA!, null, BetweenFactors: true);
            if (HasB) yield return new("w_b", RB!, null, BetweenFactors: false);
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
        if (HasA) inner = nn.functional.linear(inner, RA!.to(x.dtype)); // [.., r]
        var up = HasB ? RB!.mm(OuterB.to(ScalarType.Float32)) : OuterB; // R_b·B [out, r]
        return AddProduct(output, inner, up.to(x.dtype), Scale).MoveToOuterDisposeScope(); // [.., out]
    }

    /// <summary>Rank r.</summary>
    public override LowRankFactors Fold()
    {
        using var noGradient = no_grad();
        List<Tensor> chain = [OuterB, OuterA];
        if (HasA) chain.Insert(1, RA!);
        if (HasB) chain.Insert(0, RB!);
        return FactorChain.Fold(Scale, [.. chain]);
    }
}
