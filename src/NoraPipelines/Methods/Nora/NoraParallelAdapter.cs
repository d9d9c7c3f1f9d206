using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// The parallel structure (Eq. 8): a low-rank pair is added to an outer factor. The model must start as it was, so the constant product
/// B₀·A₀ of the outer pair as it started is subtracted.
/// <code>
///              ┌──────────────────── W ────────────────────┐
///     x [in] ──┼─ A ─────────────┬ + ── r ── B ────────────┬ + ──── + ── h [out]
///              ├─ D ── r′ ── C ──┘        └─ D ── r′ ── C ─┘        │
///              │       w_a                        w_b               │
///              └─ A₀ ── r ── B₀ ─────────────────────────────(−)────┘
///
///     w_a          h = W·x + s·(B·(A + C·D) − B₀·A₀)·x                 C [r, r′],   D [r′, in]    r′·(r + in) parameters
///     w_b          h = W·x + s·((B + C·D)·A − B₀·A₀)·x                 C [out, r′], D [r′, r]     r′·(out + r)
///     w_a_and_w_b  h = W·x + s·((B + C_b·D_b)·(A + C_a·D_a) − B₀·A₀)·x            both            s = alpha / r
///
///     C and D train, float32
///     A [r, in], B [out, r]  frozen, model's dtype; or they train too, float32: r·(in + out) more, beside frozen A₀ and B₀
/// </code>
/// With a frozen pair the subtraction is done on paper: w_a is s·B·C·D·x and holds no A, w_b is s·C·D·A·x and holds no B. At w_b alone the
/// backward pass keeps A·x and D·A·x; at w_a D reads x itself, which is kept.
/// </summary>
public sealed class NoraParallelAdapter : NoraStructuredAdapter
{
    /// <summary>All factors are zero until they are set.</summary>
    /// <exception cref="NoraException">A rank that the projection does not allow, or a dropout outside [0, 1).</exception>
    public NoraParallelAdapter(
        int outFeatures, int inFeatures, int outerRank, int innerRank, InnerPosition position, double alpha, double dropout, bool trainsOuter,
        ScalarType dtype, Device device)
        : base(outFeatures, inFeatures, outerRank, position, alpha, dropout, trainsOuter, dtype, device)
    {
        CheckInnerRank(innerRank);
        InnerRank = innerRank;
        if (trainsOuter || HasB) OuterA = Outer("outer_a", outerRank, inFeatures);
        if (trainsOuter || HasA) OuterB = Outer("outer_b", outFeatures, outerRank);
        if (HasA) (DA, CA) = (Inner("w_a_right", innerRank, inFeatures), Inner("w_a_left", outerRank, innerRank));
        if (HasB) (DB, CB) = (Inner("w_b_right", innerRank, outerRank), Inner("w_b_left", outFeatures, innerRank));
        if (trainsOuter) (StartA, StartB) = (Start("start_a", outerRank, inFeatures), Start("start_b", outFeatures, outerRank));
    }

    public override InnerStructure Structure => InnerStructure.Parallel;

    public override int? InnerRank { get; }

    /// <summary>Null where it is frozen and the pair is at w_a alone.</summary>
    public Tensor? OuterA { get; }

    /// <summary>Null where it is frozen and the pair is at w_b alone.</summary>
    public Tensor? OuterB { get; }

    /// <summary>C at w_a.</summary>
    public Tensor? CA { get; }

    /// <summary>D at w_a.</summary>
    public Tensor? DA { get; }

    /// <summary>C at w_b.</summary>
    public Tensor? CB { get; }

    /// <summary>D at w_b.</summary>
    public Tensor? DB { get; }

    /// <summary>A₀; null where A is frozen.</summary>
    public Tensor? StartA { get; }

    /// <summary>B₀; null where B is frozen.</summary>
    public Tensor? StartB { get; }

    public override IEnumerable<InnerSlot> Slots
    {
        get
        {
            if (HasA) yield return new("inner", CA!, DA, BetweenFactors: false);
            if (HasB) yield return new("w_b", CB!, DB, BetweenFactors: false);
        }
    }

    /// <summary>Copies the factors that are held; where they train, also into the start that is subtracted.</summary>
    /// <exception cref="NoraException">Other shapes.</exception>
    public override void SetOuter(Tensor b, Tensor a)
    {
        if (OuterB is not null) Set(OuterB, b, "outer_b");
        if (OuterA is not null) Set(OuterA, a, "outer_a");
        if (StartB is not null) Set(StartB, b, "start_b");
        if (StartA is not null) Set(StartA, a, "start_a");
    }

    public override Tensor Forward(Tensor x, Tensor output)
    {
        using var scope = NewDisposeScope();
        var dropped = Drop(x);
        var added = HasA ? Through(dropped, DA!, CA!) : null; // C·D·x [.., r]
        var outer = OuterA is null ? null : nn.functional.linear(dropped, OuterA.to(x.dtype)); // A·x [.., r]
        var whole = added is null ? outer! : outer is null ? added : outer + added; // (A + C·D)·x [.., r]
        if (TrainsOuter)
        {
            var start = nn.functional.linear(dropped, StartA!.to(x.dtype)); // A₀·x [.., r]
            output = AddProduct(output, start, StartB!.to(x.dtype), -Scale); // [.., out]
            output = AddProduct(output, whole, OuterB!.to(x.dtype), Scale);
        }
        else if (HasA)
        {
            output = AddProduct(output, added!, OuterB!, Scale); // [.., out]
        }
        if (HasB) output = AddProduct(output, nn.functional.linear(whole, DB!.to(x.dtype)), CB!.to(x.dtype), Scale); // [.., out]
        return output.MoveToOuterDisposeScope();
    }

    /// <summary>Rank r′ with a frozen outer pair and one position, 2·min(r, r′) with both, 2·r where the outer pair trains.</summary>
    public override LowRankFactors Fold()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (!TrainsOuter && !HasB) return FactorChain.Fold(Scale, OuterB!, CA!, DA!).MoveToOuterScope();
        if (!TrainsOuter && !HasA) return FactorChain.Fold(Scale, CB!, DB!, OuterA!).MoveToOuterScope();
        var wholeA = HasA ? OuterA!.to(ScalarType.Float32).addmm(CA!, DA!) : OuterA!; // A + C·D [r, in]
        var wholeB = HasB ? OuterB!.to(ScalarType.Float32).addmm(CB!, DB!) : OuterB!; // B + C·D [out, r]
        // Frozen: (B + C_b·D_b)·C_a·D_a + C_b·(D_b·A).
        return (TrainsOuter
            ? FactorChain.Sum(FactorChain.Fold(Scale, wholeB, wholeA), FactorChain.Fold(-Scale, StartB!, StartA!))
            : FactorChain.Sum(FactorChain.Fold(Scale, wholeB, CA!, DA!), FactorChain.Fold(Scale, CB!, DB!, OuterA!))).MoveToOuterScope();
    }

    /// <summary>x [.., in] through D, then C.</summary>
    private static Tensor Through(Tensor x, Tensor d, Tensor c) =>
        nn.functional.linear(nn.functional.linear(x, d.to(x.dtype)), c.to(x.dtype));
}
