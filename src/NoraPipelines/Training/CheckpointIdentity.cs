using NoraPipelines.Interop;

namespace NoraPipelines.Training;

/// <summary>What a checkpoint must have in common with the run that goes on from it.</summary>
/// <param name="Fingerprint">Of the plan with its settings: another plan's numbers mean nothing here.</param>
/// <param name="Seed">Of the run: it decides order and random numbers of all steps to come.</param>
/// <param name="Threads">torch's threads: with another number, sums are added up in another order, so the last bits differ.</param>
/// <param name="FusedOperators">Whether libtorch's fused operators are used: the last bits differ from those of compositions.</param>
/// <param name="Processes">How many processes train together: with another number, gradients may be added up in another order.</param>
public sealed record CheckpointIdentity(string Fingerprint, long Seed, int Threads, bool FusedOperators = false, int Processes = 1)
{
    /// <summary>The identity of a run in this process.</summary>
    /// <param name="processes">How many processes train together.</param>
    public static CheckpointIdentity Here(string fingerprint, long seed, int processes = 1) =>
        new(fingerprint, seed, TorchSharp.torch.get_num_threads(), LibtorchOperators.Available, processes);
}
