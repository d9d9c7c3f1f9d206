using NoraPipelines.Interop;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Runs.Walking;

/// <summary>Walks a training step of a plan on the device meta: its operators and its memory, from shapes alone.</summary>
internal static class StepWalk
{
    private static readonly Lock Gate = new(); // the memory of all meta tensors is counted together

    /// <summary>One pass of a step, then clipping and the optimizer.</summary>
    /// <exception cref="NoraException">No program trains the plan's model, or this libtorch does not let itself be traced.</exception>
    public static WalkedStep Of(PipelinePlan plan)
    {
        lock (Gate)
        {
            Prepare();
            var before = MetaMemory.InUse;
            using var walked = new WalkedModel(plan);
            MetaMemory.ResetPeak();
            var passes = plan.Training.Batch / plan.Training.MicroBatch;
            if (passes > 1) Pass(walked); // later passes find the gradients of those before
            var step = Trace(() =>
            {
                walked.Step?.Before?.Invoke();
                Pass(walked);
                using var part = StepRange.Enter(Parts.Optimizer);
                walked.Step?.AfterBackward?.Invoke();
                Gradients.ClipNorm(walked.Trainable, plan.Training.ClipNorm);
                walked.Optimizer.Step(plan.Training.LearningRate);
                walked.Step?.AfterOptimizer?.Invoke();
                walked.Optimizer.ZeroGrad();
            });
            return new WalkedStep(step, passes, (long)plan.Training.MicroBatch * plan.Dataset.MaxTokens, MetaMemory.Peak - before);
        }
    }

    /// <summary>Has libtorch ready for tensors on meta.</summary>
    /// <exception cref="NoraException">This libtorch does not let itself be extended or traced.</exception>
    public static void Prepare()
    {
        MetaKernels.Register();
        MetaMemory.Install();
        _ = LibtorchOperators.Available; // is tried out on its first use
    }

    /// <summary>What <paramref name="work"/> runs on this thread.</summary>
    public static TracedStep Trace(Action work)
    {
        var file = Path.Combine(Path.GetTempPath(), $"nora-trace-{Environment.ProcessId}-{Guid.NewGuid():N}.json");
        try
        {
            ExecutionTrace.Record(file, () =>
            {
                using var scope = NewDisposeScope();
                using var all = StepRange.Enter(Parts.Loss); // what is in no other range, and which thread is ours
                work();
            });
            return new TracedStep(TraceReader.Read(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static void Pass(WalkedModel walked)
    {
        using var scope = NewDisposeScope();
        Tensor loss;
        using (StepRange.Enter(Parts.Loss)) loss = walked.Loss() / walked.Batch.LabelledTokens;
        loss.backward();
    }
}
