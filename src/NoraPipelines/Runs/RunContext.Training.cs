using NoraPipelines.Data;
using NoraPipelines.Evaluation;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Runs.Progress;
using NoraPipelines.Training;

namespace NoraPipelines.Runs;

public sealed partial class RunContext
{
    private const string WaitForData = "wait_for_data";

    // Counted on the tensors when training began.
    private long _trainable;

    /// <summary>What training came to; set by the session.</summary>
    internal TrainingResult Trained { get; set; } = new(null, null, 0, 0);

    /// <summary>Begins training the adapters, or goes on where an earlier process of this run was stopped.</summary>
    /// <param name="steps">Optimizer steps of the whole run.</param>
    /// <param name="optimizer">Made for the same parameters.</param>
    /// <param name="method">What the method keeps from step to step; null: nothing.</param>
    public TrainingSession StartTraining(int steps, AdapterSet adapters, AdamW optimizer, IMethodState? method = null) =>
        Start(adapters.TrainableCount, new(this, steps, training => adapters.Training = training, adapters.Trainable, optimizer, Checkpoints(), method));

    /// <summary>As above, where the model's own weights train.</summary>
    /// <param name="model">Its modules that train in full switch its dropout.</param>
    public TrainingSession StartTraining(int steps, IReadOnlyList<NamedTensor> parameters, AdamW optimizer, IAdaptableModel model)
    {
        void DropOut(bool training)
        {
            foreach (var module in model.TrainedModules) module.Training = training;
        }

        return Start(FullTraining.TrainableCount(model, parameters), new(this, steps, DropOut, parameters, optimizer, Checkpoints()));
    }

    /// <summary>The training data in the run's seeded order, from the first step that is still to do.</summary>
    /// <param name="collator">Makes batches of examples; it says whether several share a row.</param>
    public BatchStream<TExample, TBatch> Batches<TExample, TBatch>(
        IReadOnlyList<TExample> examples, ICollator<TExample, TBatch> collator, TrainingSession training)
        where TBatch : IDisposable
    {
        var plan = Plan.Training;
        Use(Keys.Training.Batch, Keys.Training.MicroBatch);
        if (Plan.Dataset.Packing && plan.Batch == 1)
            Say("dataset.packing has nothing to pack: training.batch is 1, and the examples of one step share rows.");
        long? total = plan.Steps is null ? DataOrder.TotalExamples(examples.Count, plan.Epochs!.Value) : null;
        return new BatchStream<TExample, TBatch>(examples, collator, plan.Batch, plan.MicroBatch, Seed, total, training.FirstStep, Device)
        {
            Waiting = () => Clock.Enter(WaitForData),
        };
    }

    /// <summary>The run's result, at the end of the program.</summary>
    /// <param name="before">Scores before training; null where nothing is evaluated.</param>
    /// <param name="after">Scores after it.</param>
    public RunReport Complete(Scores? before, Scores? after)
    {
        var seconds = new Dictionary<string, double>(Clock.Seconds);
        var train = seconds.GetValueOrDefault("train") + seconds.GetValueOrDefault(WaitForData);
        seconds["total"] = seconds.Values.Sum();
        return new RunReport
        {
            Pipeline = Plan.Name,
            Seed = Seed,
            Trainable = _trainable,
            Total = Plan.Model.Shape.TotalParameters,
            Steps = Trained.Steps,
            Loss = new LossChange(Trained.FirstLoss, Trained.LastLoss),
            Evaluation = new EvaluationChange(before?.Values ?? NoMetrics, after?.Values ?? NoMetrics),
            AwSvd = Initialisation?.MeanErrors is { } errors
                ? new AwSvdResult(new AwSvdErrors(errors.Random, errors.Svd, errors.AwSvd, errors.Covariance))
                : null,
            Seconds = seconds,
            TokensPerSecond = train > 0 ? Trained.Tokens / train : 0,
            PeakMemory = StageStore.Peak(Directory),
            Adapter = System.IO.File.Exists(Path.Combine(Directory.AdapterFolder, "adapter_config.json")) ? Directory.AdapterFolder : null,
            RunDirectory = Directory.Path,
            Report = Directory.ReportFile,
        };
    }

    private TrainingSession Start(long trainable, TrainingSession session)
    {
        _trainable = trainable;
        return session;
    }

    private TrainingCheckpoints Checkpoints()
    {
        Use(Keys.Training.CheckpointKeep, Keys.Training.CheckpointEverySteps);
        return new TrainingCheckpoints(Directory.CheckpointsFolder, Plan.Training.CheckpointKeep, CheckpointIdentity.Here(PlanRecord.Fingerprint(Plan), Seed), View.Say);
    }

    private static IReadOnlyDictionary<string, double> NoMetrics { get; } = new Dictionary<string, double>();
}
