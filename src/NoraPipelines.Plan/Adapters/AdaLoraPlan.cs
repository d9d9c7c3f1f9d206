namespace NoraPipelines.Plans;

/// <summary>
/// AdaLoRA: h = W·x + (α/r)·P·diag(E)·Q·x, Q [r, in], E [r], P [out, r]; all train. Of the r triples of a projection, as many are kept as a
/// budget over all projections allows, which falls to the target rank during training.
/// </summary>
public sealed record AdaLoraPlan : AdapterPlan
{
    public override string Method => "adalora";

    public override int? OneRank => Rank;

    public override AdapterPlan WithRank(int rank) => this with { Rank = rank };

    /// <summary>r, the rank of every projection at the start (PEFT: init_r).</summary>
    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    /// <summary>The mean rank of the projections at the end (target_r).</summary>
    public required int TargetRank { get; init; }

    /// <summary>Steps before the budget falls (tinit).</summary>
    public int InitialSteps { get; init; }

    /// <summary>Steps at the end whose ranks stay (tfinal).</summary>
    public int FinalSteps { get; init; }

    /// <summary>Steps from one allocation to the next (deltaT).</summary>
    public int EverySteps { get; init; } = 1;

    /// <summary>Smoothing of the importance.</summary>
    public double ImportanceDecay { get; init; } = 0.85;

    /// <summary>Smoothing of its uncertainty.</summary>
    public double UncertaintyDecay { get; init; } = 0.85;

    /// <summary>Weight of the penalty that keeps P and Q orthogonal.</summary>
    public double OrthogonalWeight { get; init; } = 0.5;

    public override long TrainablePerProjection(ProjectionShape projection) =>
        (long)Rank * (projection.Out + projection.In) + Rank;

    public override long FrozenPerProjection(ProjectionShape projection) => 0;
}
