namespace NoraPipelines.Plans;

/// <summary>VeRA: h = W·x + b ⊙ B·(d ⊙ A·x), d [r] and b [out] train; A and B are one frozen pair for the model.</summary>
public sealed record VeraPlan : AdapterPlan
{
    internal static PlannedMethod Described { get; } = new("two vectors beside one random pair for the model", new VeraPlan { Rank = 1 })
    {
        Keys = () => [VeraKeys.InitialD, VeraKeys.ProjectionSeed],
    };

    public override string Method => "vera";

    public override string Title => $"VeRA {Rank}";

    public override int? OneRank => Rank;

    public override AdapterPlan WithRank(int rank) => this with { Rank = rank };

    public required int Rank { get; init; }

    /// <summary>What every value of d starts at (PEFT's default).</summary>
    public double InitialD { get; init; } = 0.1;

    /// <summary>Of the pair; the same for every run, so that a run of another seed has the same pair (PEFT's default).</summary>
    public int ProjectionSeed { get; init; }

    public override long TrainablePerProjection(ProjectionShape projection) => (long)Rank + projection.Out;

    /// <summary>Frozen parameters of the pair, made for the largest of the targets.</summary>
    public override long SharedParameters(IReadOnlyCollection<ProjectionShape> targets) =>
        (long)Rank * (targets.Max(target => (long)target.In) + targets.Max(target => (long)target.Out));

    /// <summary>A·x and B·(d ⊙ A·x); x itself is not needed.</summary>
    internal override long KeptPerToken(ProjectionShape projection) => (long)Rank + projection.Out;

    internal override bool KeepsInputs => false;

    internal override string NoScaling => "vera's vectors are its scale, and it has no other";

    /// <summary>None: the rank is that of random directions, which may be more than a projection has.</summary>
    internal override IEnumerable<PlanProblem> Check(PipelinePlan plan) => [];
}

/// <summary>Keys of VeRA alone.</summary>
internal static class VeraKeys
{
    private static readonly MethodKeys<VeraPlan> Of = new("adapter", new VeraPlan { Rank = 1 });

    public static readonly SpecKey<double> InitialD = OfStart(Of.Own(
        Of.Part.Positive("d_initial", "Method vera: what every value of d starts at.", plan => plan.InitialD, (plan, value) => plan with { InitialD = value }),
        "only method vera has a vector d"));

    public static readonly SpecKey<int> ProjectionSeed = OfStart(Of.Own(
        Of.Part.Whole("projection_seed", "Method vera: the random pair is drawn from it, for runs of every seed.",
            plan => plan.ProjectionSeed, (plan, seed) => plan with { ProjectionSeed = seed }, minimum: 0),
        "only method vera draws a pair for the whole model"));

    private static SpecKey<T> OfStart<T>(SpecKey<T> key) =>
        key.WithNoEffect(Keys.Adapter.Start, plan => plan.Adapter.Start is null ? null : Keys.Calibration.GoesOn);
}
