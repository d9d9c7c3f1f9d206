namespace NoraPipelines.Plans;

/// <summary>
/// AdaLoRA: h = W·x + (α/r)·P·diag(E)·Q·x, Q [r, in], E [r], P [out, r]; all train. Of the r triples of a projection, as many are kept as a
/// budget over all projections allows, which falls to the target rank during training.
/// </summary>
// Rank is r of every projection at the start (PEFT: init_r).
public sealed record AdaLoraPlan : LowRankPlan
{
    internal static PlannedMethod Described { get; } = new("ranks that go where they matter", new AdaLoraPlan { Rank = 2, Alpha = 2, TargetRank = 1 })
    {
        Keys = () => [AdaLoraKeys.Budget],
        RankMeans = "the initial one",
        Needs = _ =>
        [
            new(AdaLoraKeys.Budget, "method adalora needs the rank that its budget falls to: budget: { target_rank: 8 }"),
            new(Keys.Adapter.Rank, "method adalora needs a rank: rank: 16"),
        ],
    };

    public override string Method => "adalora";

    public override string Title => $"AdaLoRA {Rank} to {TargetRank}";

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

    public override long TrainablePerProjection(ProjectionShape projection) => base.TrainablePerProjection(projection) + Rank;

    /// <summary>It gives ranks from one projection to another and so needs one to spare.</summary>
    internal override int SmallestRank => 2;

    /// <summary>Two thirds of the ranks are left at the end.</summary>
    internal override IEnumerable<KeyValuePair<SpecKey, int>> BesideRank(int rank) => [new(AdaLoraKeys.TargetRank, Math.Max(1, 2 * rank / 3))];

    internal override AdapterPlan WithoutGivenRank() => this with { Rank = TargetRank + 1 };

    internal override string NoStart => "method adalora starts with every rank, and what it trained before has lost some";

    internal override IEnumerable<PlanProblem> Check(PipelinePlan plan)
    {
        foreach (var problem in base.Check(plan)) yield return problem;
        if (TargetRank >= Rank)
            yield return PlanProblem.At("NORA136", AdaLoraKeys.TargetRank,
                $"target_rank {TargetRank} is not below rank {Rank}, so no rank is ever taken from one projection for another; "
                + $"use a higher rank, such as {(long)TargetRank * 3 / 2 + 1}, or a lower target_rank");
        if (StepCount.Planned(plan) is { } steps && InitialSteps >= (long)steps - FinalSteps)
            yield return PlanProblem.At("NORA136", AdaLoraKeys.Budget,
                $"the budget stays for the first {InitialSteps} and the last {FinalSteps} of {steps} steps, so it never falls; lower "
                + "initial_steps or final_steps, or train for more steps");
    }
}
