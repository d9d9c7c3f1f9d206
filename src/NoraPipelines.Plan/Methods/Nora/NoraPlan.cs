namespace NoraPipelines.Plans;

/// <summary>
/// Nested low-rank adaptation: h = W·x + (α/r)·B·B′·A′·A·x, A [r, in], A′ [r′, r], B′ [r, r′], B [out, r]; A′ and B′ train. This is the
/// serial structure at w_a; docs/design-space.md has the others.
/// </summary>
public sealed record NoraPlan : AdapterPlan
{
    internal static PlannedMethod Described { get; } = new("nested low-rank adaptation", new NoraPlan { OuterRank = 1, InnerRank = 0, Alpha = 1 })
    {
        Keys = () => [NoraKeys.Outer, NoraKeys.Inner],
        StartsFromNested = true,
        Needs = adapter =>
        [
            new(NoraKeys.Outer, "method nora needs an outer rank: outer: { rank: 64 }"),
            new(NoraKeys.Inner, "method nora needs an inner rank: inner: { rank: 32 }"),
            .. adapter is NoraPlan { Structure: not InnerStructure.Adapter and var structure }
                ? (NeededKey[])[new(NoraKeys.InnerRank, $"structure {Words.Of(structure)} needs an inner rank: inner: {{ rank: 32 }}", NoraKeys.Inner)] : [],
        ],
    };

    public override string Method => "nora";

    /// <summary>NoRA 64/32; NoRA 64/32 parallel at w_b with a trained outer pair; NoRA 64 adapter at w_a.</summary>
    public override string Title => (Structure == InnerStructure.Adapter ? $"NoRA {OuterRank}" : $"NoRA {OuterRank}/{InnerRank}")
        + (this is { Structure: InnerStructure.Serial, Position: InnerPosition.WA } ? "" : $" {Words.Of(Structure)} at {Words.Of(Position)}")
        + (OuterTrainable ? " with a trained outer pair" : "");

    public required int OuterRank { get; init; }

    /// <summary>r′; 0 for <see cref="InnerStructure.Adapter"/>, whose R is square.</summary>
    public required int InnerRank { get; init; }

    /// <summary>The scale is Alpha / OuterRank.</summary>
    public required double Alpha { get; init; }

    public OuterInitialization OuterInit { get; init; } = OuterInitialization.AwSvd;

    public SigmaSide Sigma { get; init; } = SigmaSide.B;

    public SvdKind Svd { get; init; } = SvdKind.Randomized;

    /// <summary>Columns that the randomized SVD works on beyond the rank.</summary>
    public int Oversampling { get; init; } = 16;

    /// <summary>Subspace iterations of the randomized SVD.</summary>
    public int Iterations { get; init; } = 4;

    /// <summary>Whether A and B train too.</summary>
    public bool OuterTrainable { get; init; }

    public InnerInitialization InnerInit { get; init; } = InnerInitialization.Normal;

    /// <summary>σ of the normal inner start; the default is that of <see cref="Structure"/>'s, a planner's to set.</summary>
    public double InnerStd { get; init; } = DefaultInnerStd(InnerStructure.Serial);

    public InnerStructure Structure { get; init; } = InnerStructure.Serial;

    public InnerPosition Position { get; init; } = InnerPosition.WA;

    /// <summary>
    /// σ where the spec has none, measured in docs/nested-lora.md and docs/design-space.md: entries of a product of two factors are near σ²,
    /// those of a square R are σ itself.
    /// </summary>
    public static double DefaultInnerStd(InnerStructure structure) => structure == InnerStructure.Adapter ? 1e-3 : 0.02;

    /// <summary>At another inner rank; structure adapter has none, and there it is the outer rank.</summary>
    public override AdapterPlan WithRank(int rank) => Structure == InnerStructure.Adapter ? this with { OuterRank = rank } : this with { InnerRank = rank };

    internal override string NoRank => "method nora has outer.rank and inner.rank";

    internal override SpecKey RankKey => Structure == InnerStructure.Adapter ? NoraKeys.OuterRank : NoraKeys.InnerRank;

    internal override bool CountsLike(AdapterPlan other) =>
        other is NoraPlan nora && (nora.Structure, nora.Position, nora.OuterTrainable) == (Structure, Position, OuterTrainable);

    internal override double? Scaling => Alpha;

    internal override AdapterPlan WithScaling(double alpha) => this with { Alpha = alpha };

    internal override int ScalingRank => OuterRank;

    internal override bool Calibrates => true;

    internal override IEnumerable<PlanProblem> Check(PipelinePlan plan) => RankFit.Check(plan, OuterRank, NoraKeys.OuterRank, "outer rank")
        .Concat(StructureRules.Nested(this)).Concat(StructureRules.Scale(plan, this)).Concat(StructureRules.Check(plan, this));

    /// <summary>Whether something trains at w_a, the side of A.</summary>
    internal bool HasA => Position != InnerPosition.WB;

    /// <summary>Whether something trains at w_b, the side of B.</summary>
    internal bool HasB => Position != InnerPosition.WA;

    public override long TrainablePerProjection(ProjectionShape projection) =>
        (HasA ? AtA(projection) : 0) + (HasB ? AtB(projection) : 0) + (OuterTrainable ? Outer(projection) : 0);

    /// <summary>
    /// The outer pair where it does not train. Where B·A is the start (parallel), a pair that trains needs a frozen copy to subtract, and of
    /// a frozen one only the factor is held that the output depends on.
    /// </summary>
    public override long FrozenPerProjection(ProjectionShape projection) => (Structure, OuterTrainable, Position) switch
    {
        (not InnerStructure.Parallel, true, _) => 0,
        (InnerStructure.Parallel, false, InnerPosition.WA) => (long)OuterRank * projection.Out,
        (InnerStructure.Parallel, false, InnerPosition.WB) => (long)OuterRank * projection.In,
        _ => Outer(projection),
    };

    /// <summary>The copy of a pair that trains.</summary>
    internal override bool FrozenInFloat32 => OuterTrainable;

    /// <summary>Numbers a token that the backward pass of one projection keeps besides its inputs: A·x and what follows it.</summary>
    internal override long KeptPerToken(ProjectionShape projection) => (Structure, Position) switch
    {
        (InnerStructure.Adapter, _) => 2L * OuterRank,
        (InnerStructure.Parallel, InnerPosition.WA) => InnerRank + (OuterTrainable ? OuterRank : 0),
        (_, InnerPosition.WAAndWB) => 2L * (OuterRank + InnerRank),
        (InnerStructure.Serial, InnerPosition.WA) when !OuterTrainable && OuterRank <= 2 * InnerRank => OuterRank, // B′·A′ is one matrix then
        _ => OuterRank + InnerRank,
    };

    /// <summary>Whether x itself is kept: A trains, or a pair is added to it.</summary>
    internal override bool KeepsInputs => OuterTrainable || (Structure == InnerStructure.Parallel && HasA);

    private long Outer(ProjectionShape projection) => (long)OuterRank * (projection.Out + projection.In);

    private long AtA(ProjectionShape projection) => Structure switch
    {
        InnerStructure.Serial => 2L * OuterRank * InnerRank, // B′ [r, r′], A′ [r′, r]
        InnerStructure.Parallel => (long)InnerRank * (OuterRank + projection.In), // C [r, r′], D [r′, in]
        _ => (long)OuterRank * OuterRank, // R [r, r]
    };

    private long AtB(ProjectionShape projection) => Structure switch
    {
        InnerStructure.Serial => 2L * projection.Out * InnerRank, // P [out, r′], Q [r′, out]
        InnerStructure.Parallel => (long)InnerRank * (projection.Out + OuterRank), // C [out, r′], D [r′, r]
        _ => (long)projection.Out * projection.Out, // R [out, out]
    };
}
