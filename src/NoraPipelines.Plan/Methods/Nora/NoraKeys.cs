namespace NoraPipelines.Plans;

/// <summary>Keys of NoRA alone: its outer and its inner pair.</summary>
public static class NoraKeys
{
    private static readonly NoraPlan Blank = new() { OuterRank = 2, InnerRank = 1, Alpha = 2 };

    private static readonly MethodKeys<NoraPlan> Of = new("adapter.outer", Blank);

    private static readonly KeyPart<NoraPlan> InnerPart = Of.Part.In("adapter.inner");

    internal static readonly SpecKey<int> OuterRank = Of.Part.Whole("rank", "The outer rank r.",
        plan => plan.OuterRank, (plan, rank) => plan with { OuterRank = rank }, minimum: 1) with
    {
        Required = true,
        Default = null,
        // Ranks that agree with each other, whatever was given.
        LeftOut = plan => plan.Adapter is NoraPlan nora ? plan with { Adapter = nora with { OuterRank = 1, InnerRank = 0, Alpha = 1 } } : plan,
    };

    internal static readonly SpecKey<OuterInitialization> OuterInit = OfStart(Of.Part.Choice("init", "Where the outer pair comes from.",
        plan => plan.OuterInit, (plan, init) => plan with { OuterInit = init }));

    internal static readonly SpecKey<SvdKind> Svd = OfSvd(Of.Part.Choice("svd", "How the singular triples are computed.",
        plan => plan.Svd, (plan, svd) => plan with { Svd = svd }));

    internal static readonly SpecKey<bool> OuterTrainable = Of.Part.Switch("trainable", "Whether the outer pair trains too, in float32.",
        plan => plan.OuterTrainable, (plan, trains) => plan with { OuterTrainable = trains });

    internal static readonly SectionKey Outer = Keys.Adapter.Own(
        SectionKey.Of("adapter.outer", "NoRA's frozen outer pair B [out, r] and A [r, in].",
            OuterRank, OuterInit,
            OfSvd(Of.Part.Choice("sigma", "Which factor carries the singular values.", plan => plan.Sigma, (plan, side) => plan with { Sigma = side })),
            Svd,
            OfApproximation(Of.Part.Whole("oversampling", "Columns that the randomized SVD works on beyond the rank.",
                plan => plan.Oversampling, (plan, columns) => plan with { Oversampling = columns }, minimum: 0, maximum: 1024)),
            OfApproximation(Of.Part.Whole("iterations", "Subspace iterations of the randomized SVD.",
                plan => plan.Iterations, (plan, iterations) => plan with { Iterations = iterations }, minimum: 0, maximum: 100)),
            OuterTrainable),
        adapter => adapter is NoraPlan, HasOneRank);

    internal static readonly SpecKey<InnerStructure> Structure = InnerPart.Choice("structure",
        "serial: a pair is multiplied on; parallel: a pair is added to an outer factor; adapter: a square matrix is multiplied on.",
        plan => plan.Structure, (plan, structure) => plan with { Structure = structure });

    internal static readonly SpecKey<int> InnerRank = (InnerPart.Whole("rank", "The inner rank r′; structure adapter has none.",
        plan => plan.InnerRank, (plan, rank) => plan with { InnerRank = plan.Structure == InnerStructure.Adapter ? 0 : rank }, minimum: 1) with
    { Default = null })
        .WithNoEffect(null, plan => plan.Adapter is NoraPlan { Structure: InnerStructure.Adapter }
            ? "structure adapter trains square matrices, which have no inner rank" : null);

    internal static readonly SpecKey<InnerInitialization> InnerInit = OfStart(InnerPart.Choice("init", "How the inner pair starts.",
        plan => plan.InnerInit, (plan, init) => plan with { InnerInit = init }));

    public static readonly SpecKey<double> InnerStd = (OfStart(InnerPart.Positive("std",
        "Standard deviation of the normal start; structure adapter: 0.001 where it is left out.",
        plan => plan.InnerStd, (plan, std) => plan with { InnerStd = std })) with
    {
        RunTime = true,
        LeftOut = plan => plan.Adapter is NoraPlan nora ? plan with { Adapter = nora with { InnerStd = NoraPlan.DefaultInnerStd(nora.Structure) } } : plan,
    })
        .WithNoEffect(InnerInit, plan => plan.Adapter is NoraPlan { InnerInit: not InnerInitialization.Normal and var init }
            ? $"inner.init {Words.Of(init)} draws no normal numbers" : null);

    internal static readonly SpecKey<InnerPosition> Position = InnerPart.Choice("position", "The outer factor that what trains belongs to: A, B, or each.",
        plan => plan.Position, (plan, position) => plan with { Position = position });

    internal static readonly SectionKey Inner = Keys.Adapter.Own(
        SectionKey.Of("adapter.inner", "NoRA's trainable inner pair B′ [r, r′] and A′ [r′, r].",
            InnerRank, InnerInit, InnerStd, Structure,
            Position),
        adapter => adapter is NoraPlan, HasOneRank);

    private static string HasOneRank(AdapterPlan adapter) =>
        adapter.OneRank is null ? "only method nora has an outer and an inner pair" : $"method {adapter.Method} has one rank";

    private static SpecKey<T> OfStart<T>(SpecKey<T> key) =>
        key.WithNoEffect(Keys.Adapter.Start, plan => plan.Adapter.Start is null ? null : Keys.Calibration.GoesOn);

    private static SpecKey<T> OfSvd<T>(SpecKey<T> key) => OfStart(key).WithNoEffect(OuterInit, plan =>
        plan.Adapter is NoraPlan { OuterInit: OuterInitialization.Random } ? "outer.init random computes no singular values" : null);

    private static SpecKey<T> OfApproximation<T>(SpecKey<T> key) => OfSvd(key).WithNoEffect(Svd, plan =>
        plan.Adapter is NoraPlan { Svd: SvdKind.Exact } ? "outer.svd exact does not approximate" : null);
}
