namespace NoraPipelines.Plans;

/// <summary>Ranks that change during training: AdaLoRA's budget has something to fall to and steps to fall in, DyLoRA's cut is within its rank.</summary>
internal static class AllocationRules
{
    public static IEnumerable<PlanProblem> Check(PipelinePlan plan) => plan.Adapter switch
    {
        AdaLoraPlan adalora => Budget(plan, adalora),
        DyLoraPlan dylora when dylora.RankAt > dylora.Rank => [Problem("adapter.rank_at",
            $"rank_at {dylora.RankAt} is above rank {dylora.Rank}: the adapter has only so many ranks to be cut to; use at most {dylora.Rank}")],
        _ => [],
    };

    private static IEnumerable<PlanProblem> Budget(PipelinePlan plan, AdaLoraPlan adalora)
    {
        if (adalora.TargetRank >= adalora.Rank)
            yield return Problem("adapter.budget.target_rank",
                $"target_rank {adalora.TargetRank} is not below rank {adalora.Rank}, so no rank is ever taken from one projection for another; "
                + $"use a higher rank, such as {(long)adalora.TargetRank * 3 / 2 + 1}, or a lower target_rank");
        if (StepCount.Planned(plan) is { } steps && adalora.InitialSteps >= (long)steps - adalora.FinalSteps)
            yield return Problem("adapter.budget",
                $"the budget stays for the first {adalora.InitialSteps} and the last {adalora.FinalSteps} of {steps} steps, so it never falls; lower "
                + "initial_steps or final_steps, or train for more steps");
    }

    private static PlanProblem Problem(string path, string message) => new("NORA136", ProblemSeverity.Error, path, message);
}
