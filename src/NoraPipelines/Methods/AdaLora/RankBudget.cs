namespace NoraPipelines.Methods;

/// <summary>
/// How many triples all projections together may keep, step by step (Zhang et al. 2023, Eq. 12): all of them at first, then falling as a
/// cube to the target, which the last steps keep.
/// </summary>
/// <param name="InitialRank">Of each projection.</param>
/// <param name="TargetRank">Their mean at the end.</param>
/// <param name="InitialSteps">Steps before the budget falls.</param>
/// <param name="FinalSteps">Steps at the end whose ranks stay.</param>
/// <param name="EverySteps">Steps from one allocation to the next.</param>
/// <param name="Steps">Of the whole run.</param>
public sealed record RankBudget(int InitialRank, int TargetRank, int InitialSteps, int FinalSteps, int EverySteps, int Steps)
{
    /// <summary>The last step at which triples are chosen.</summary>
    public int LastAllocation => Steps - FinalSteps;

    /// <exception cref="NoraException">The steps leave no room for the budget to fall in.</exception>
    public RankBudget Checked()
    {
        if (InitialSteps < LastAllocation) return this;
        throw new NoraException($"AdaLoRA's budget stays for the first {InitialSteps} and the last {FinalSteps} steps, and the run has {Steps}: it "
            + "never falls. Lower adapter.budget.initial_steps or adapter.budget.final_steps, or train for more steps.");
    }

    /// <summary>Triples that may be kept after a step, counted from 1, and whether they are chosen anew then.</summary>
    public (int Triples, bool Allocates) After(int step, int projections)
    {
        var (all, target) = (InitialRank * projections, TargetRank * projections);
        if (step <= InitialSteps) return (all, false);
        if (step > LastAllocation) return (target, false);
        var left = 1 - (double)(step - InitialSteps) / (LastAllocation - InitialSteps);
        return ((int)((all - target) * Math.Pow(left, 3) + target), step % EverySteps == 0 || step == LastAllocation);
    }
}
