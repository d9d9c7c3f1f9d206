using NoraPipelines.Data;
using NoraPipelines.Interop;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Walking;
using NoraPipelines.Training;

namespace NoraPipelines.Tests.Runs.Walking;

/// <summary>A training step with all its book-keeping, as a generated program's loop has it, on the device meta.</summary>
/// <param name="Reads">How often the computer waited for a number.</param>
internal sealed record MetaStep(TracedStep Trace, int Reads)
{
    /// <summary>The second of two steps: the first may look at things for the first time.</summary>
    public static MetaStep Of(PipelinePlan plan)
    {
        StepWalk.Prepare();
        using var walked = new WalkedModel(plan);
        using var training = new TrainingSession(
            walked.Trainable, walked.Optimizer, new TrainingOptions { Steps = 2, Seed = 1, Method = walked.Step?.State as IMethodState });
        var schedule = new ConstantSchedule(0.1, 2, 0);
        var (trace, reads) = ((TracedStep?)null, 0);
        while (training.BeginStep())
        {
            var before = DeviceRead.Count;
            trace = StepWalk.Trace(Step);
            reads = DeviceRead.Count - before;
        }
        return new MetaStep(trace!, reads);

        void Step()
        {
            walked.Step?.Before?.Invoke();
            var loss = walked.Loss() / walked.Batch.LabelledTokens;
            loss.backward();
            training.Add(loss);
            walked.Step?.AfterBackward?.Invoke();
            training.SumGradients();
            var norm = Gradients.ClipNorm(walked.Trainable, plan.Training.ClipNorm);
            walked.Optimizer.Step(schedule.Rate(training.Step));
            walked.Step?.AfterOptimizer?.Invoke();
            training.Finish(new StepBatch<TextBatch>([], walked.Batch.LabelledTokens, 1, [0]), norm, schedule);
        }
    }

    /// <summary>
    /// Operators with a tensor on the CPU, but those that may: seeds are drawn there, the optimizer counts its steps there, and a number that multiplies a tensor
    /// is a scalar there, which a kernel takes as an argument as long as nothing copies it.
    /// </summary>
    public static IReadOnlyList<string> OnTheCpu(TracedStep trace)
    {
        var seeds = trace.Entries.Where(entry => entry.Name == "aten::randint").Select(entry => entry.Id).ToHashSet();
        var drawn = trace.Entries.Where(entry => seeds.Contains(entry.Id) || seeds.Contains(entry.Parent)).Select(entry => entry.Id).ToHashSet();
        return
        [
            .. from entry in trace.Entries
               let there = entry.Inputs.Concat(entry.Outputs)
                   .Where(tensor => tensor.Device == "cpu" && (tensor.Shape.Length > 0 || entry.Name is "aten::copy_" or "aten::_to_copy")).ToArray()
               where there.Length > 0 && !trace.IsRangeItself(entry) && !drawn.Contains(entry.Id) && !IsCounter(entry) && !ReadsSeed(entry)
               select $"{entry.Name} [{string.Join(", ", there[0].Shape)}]",
        ];
    }

    private static bool IsCounter(TracedOperator entry) => entry is { Name: "aten::fill_", Outputs: [{ Shape: [1], ElementSize: sizeof(long) }] };

    private static bool ReadsSeed(TracedOperator entry) =>
        entry.Name is "aten::item" or "aten::_local_scalar_dense" && entry.Inputs is [{ Shape: [1], ElementSize: sizeof(long) }];
}
