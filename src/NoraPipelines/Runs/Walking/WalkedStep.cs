using NoraPipelines.Models;

namespace NoraPipelines.Runs.Walking;

/// <summary>A walked training step.</summary>
/// <param name="Pass">One of its passes, and what follows the last.</param>
/// <param name="Passes">Micro-batches of the step.</param>
/// <param name="TokensPerPass">Tokens of one, at most.</param>
/// <param name="Peak">Bytes of all tensors at the most: weights, what trains, the optimizer's, and what the step makes.</param>
internal sealed record WalkedStep(TracedStep Pass, int Passes, long TokensPerPass, long Peak)
{
    /// <summary>How often a part's operators run in a step.</summary>
    public int Times(string part) => part == Parts.Optimizer ? 1 : Passes;
}
