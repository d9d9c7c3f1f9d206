using NoraPipelines.Interop;
using NoraPipelines.Plans;

namespace NoraPipelines.Cli.Preflight;

/// <summary>Whether the machine has the room that a plan takes: memory for the training, and disk for checkpoints and exports.</summary>
internal static class MachinePreflight
{
    /// <param name="memory">Bytes that the process may use.</param>
    /// <param name="device">Where the run computes.</param>
    /// <param name="card">The memory there; null on the CPU, and where no driver tells.</param>
    /// <param name="warn">Told what may go wrong and need not.</param>
    /// <returns>A sentence for each thing that is too small.</returns>
    public static IEnumerable<string> Check(
        PipelinePlan plan, PlanSummary summary, RunDirectory directory, long memory, ChosenDevice device, CardMemory? card, Action<string> warn)
    {
        var peak = summary.Memory.Peak;
        if (card is { } there)
        {
            var tensors = MemoryEstimate.Of(plan, onGpu: true).Tensors;
            if (tensors > there.Total)
            {
                yield return $"The training takes about {Sizes.Bytes(tensors)} of memory, and {device.Name} has {Sizes.Bytes(there.Total)}. Make training.micro_batch smaller, turn "
                    + $"training.gradient_checkpointing on, or compute elsewhere with {Devices.Option}.";
            }
            else if (tensors > there.Free)
                warn($"The training takes about {Sizes.Bytes(tensors)} of memory, and {Sizes.Bytes(there.Free)} of {device.Name} are free now: what else computes there must leave room.");
        }
        if (device.Card is null)
        {
            if (peak > memory)
            {
                yield return $"The training takes about {Sizes.Bytes(peak)} of memory, and this process may have {Sizes.Bytes(memory)} (the machine's memory, or its container's "
                    + "limit): the system would kill it. Make training.micro_batch smaller, turn training.gradient_checkpointing on, or allow it more.";
            }
            else if (MemoryLimit.Available() is { } free && peak > free)
                warn($"The training takes about {Sizes.Bytes(peak)} of memory, and {Sizes.Bytes(free)} are free now: what else runs here must leave room.");
            if (summary.EvaluationMemory > memory && peak <= memory)
            {
                warn($"An evaluation may take up to {Sizes.Bytes(summary.EvaluationMemory)} of memory, and this process may have {Sizes.Bytes(memory)}. "
                    + "Make its batch smaller if its prompts are long.");
            }
        }
        var (needed, available) = (NeededBytes(plan, summary.Steps), FreeBytes(directory.Path));
        if (needed > available)
        {
            yield return $"{directory.Path}: checkpoints and exports take about {Sizes.Bytes(needed)}, and {Sizes.Bytes(available.Value)} are free there. "
                + "Make room, keep fewer checkpoints (training.checkpoint.keep), or choose another folder with --output.";
        }
    }

    /// <summary>Checkpoints (values and two moments in float32) while one more is written, the adapters' start, the exports.</summary>
    private static long NeededBytes(PipelinePlan plan, int? steps)
    {
        var training = plan.Training;
        var saves = training.CheckpointEverySteps == 0 ? 1 : Math.Min(training.CheckpointKeep, (steps ?? int.MaxValue) / training.CheckpointEverySteps + 1);
        var start = plan.Adapter.TrainsModel ? 0 : plan.Model.BytesPerValue * ParameterCount.Frozen(plan.Model.Shape, plan.Adapter) + 4 * plan.Trainable;
        var merged = plan.Export.Merged ? plan.Model.BytesPerValue * plan.Model.Shape.TotalParameters : 0;
        return (saves + 1) * 12 * plan.Trainable + 2 * start + merged;
    }

    /// <summary>Of the nearest folder above that is there; null where the system does not tell.</summary>
    private static long? FreeBytes(string folder)
    {
        try
        {
            while (!Directory.Exists(folder)) folder = Path.GetDirectoryName(folder)!;
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
