using NoraPipelines.Data;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Runs.Progress;
using NoraPipelines.Training;

namespace NoraPipelines.Runs;

/// <summary>A run's training: how long it is, where it goes on, what it learns from.</summary>
public static class RunTraining
{
    internal const string WaitForData = "wait_for_data";

    /// <summary>Optimizer steps of the run: those that are set, or as many as the epochs over <paramref name="examples"/> examples take, rounded up.</summary>
    /// <exception cref="NoraException">There are no examples, or more steps than can be counted.</exception>
    public static int Steps(this RunContext run, int examples)
    {
        run.Use(Keys.Training.Steps, Keys.Training.Epochs, Keys.Training.Batch);
        if (examples < 1)
            throw new NoraException($"{run.Plan.Name}: there are no examples to train on. Expected at least 1; see dataset.train in {run.Pipeline.SpecFile}.");
        var training = run.Plan.Training;
        var steps = StepCount.Of(training, examples) ?? throw new NoraException($"{run.Plan.Name}: {training.Epochs} epochs of {examples} examples in batches of "
            + $"{training.Batch} are more than {int.MaxValue} steps. Make {Keys.Training.Epochs.Path} smaller, or {Keys.Training.Batch.Path} larger.");
        if (StepCount.Warmup(training.Schedule.WarmupRatio, steps) >= steps)
            run.View.Warn((steps == 1 ? "The only step is warm-up, which begins at a rate of zero: nothing is learnt. "
                : $"All of the {steps} steps are warm-up: the peak rate is never reached. ")
                + $"Train more steps, or set {Keys.Training.WarmupRatio.Path}=0.");
        return steps;
    }

    /// <summary>Begins training the adapters, or goes on where an earlier process of this run was stopped.</summary>
    /// <param name="steps">Optimizer steps of the whole run.</param>
    /// <param name="optimizer">Made for the same parameters.</param>
    /// <param name="method">What the method keeps from step to step; null: nothing.</param>
    public static TrainingSession StartTraining(this RunContext run, int steps, AdapterSet adapters, AdamW optimizer, IMethodState? method = null)
    {
        run.Progress.Trainable = adapters.TrainableCount;
        var options = Options(run, steps) with { Dropout = training => adapters.Training = training, Method = method };
        return new TrainingSession(adapters.Trainable, optimizer, options);
    }

    /// <summary>As above, where the model's own weights train.</summary>
    /// <param name="model">Its modules that train in full switch its dropout.</param>
    public static TrainingSession StartTraining(
        this RunContext run, int steps, IReadOnlyList<NamedTensor> parameters, AdamW optimizer, IAdaptableModel model)
    {
        run.Progress.Trainable = FullTraining.TrainableCount(model, parameters);
        return new TrainingSession(parameters, optimizer, Options(run, steps) with { Dropout = Switch });

        void Switch(bool training)
        {
            foreach (var module in model.TrainedModules) module.Training = training;
        }
    }

    /// <summary>The training data in the run's seeded order, from the first step that is still to do.</summary>
    /// <param name="collator">Makes batches of examples; it says whether several share a row.</param>
    /// <exception cref="NoraException">The run goes on, and was started with other examples.</exception>
    public static BatchStream<TExample, TBatch> Batches<TExample, TBatch>(
        this RunContext run, IReadOnlyList<TExample> examples, ICollator<TExample, TBatch> collator, TrainingSession training)
        where TBatch : IDisposable
    {
        var plan = run.Plan.Training;
        run.Use(Keys.Training.Batch, Keys.Training.MicroBatch);
        if (run.Plan.Dataset.Packing && plan.Batch == 1)
            run.Say("dataset.packing has nothing to pack: training.batch is 1, and the examples of one step share rows.");
        if (run.Identity is not null && collator.ContentMark(examples) is { } mark)
            run.Identity.Hold(RunIdentity.Examples, new Dictionary<string, string> { ["dataset"] = mark });
        long? total = plan.Steps is null ? DataOrder.TotalExamples(examples.Count, plan.Epochs!.Value) : null;
        return new BatchStream<TExample, TBatch>(examples, collator, plan.Batch, plan.MicroBatch, run.Seed, total, training.FirstStep, run.Device)
        {
            Waiting = () => run.Stages.Clock.Enter(WaitForData),
        };
    }

    private static TrainingOptions Options(RunContext run, int steps)
    {
        run.Use(Keys.Training.CheckpointKeep, Keys.Training.CheckpointEverySteps);
        var identity = CheckpointIdentity.Here(PlanRecord.Fingerprint(run.Plan), run.Seed, run.Processes.Size);
        return new TrainingOptions
        {
            Steps = steps,
            Seed = run.Seed,
            Checkpoints = new TrainingCheckpoints(run.Directory.CheckpointsFolder, run.Plan.Training.CheckpointKeep, identity, run.Say),
            CheckpointEverySteps = run.Plan.Training.CheckpointEverySteps,
            Stop = run.Stop,
            ResumeHint = run.ResumeHint,
            Observer = new TrainingProgress(run),
            Processes = run.Processes,
        };
    }
}
