using NoraPipelines.Adapters;
using NoraPipelines.Data;
using NoraPipelines.Evaluation;
using NoraPipelines.Models;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Runs.Progress;
using NoraPipelines.Training;

namespace NoraPipelines.Runs;

public sealed partial class RunContext
{
    private const string WaitForData = "wait_for_data";

    /// <summary>What training came to; set by the session.</summary>
    internal TrainingResult Trained { get; set; } = new(null, null, 0, 0);

    /// <summary>Begins training the adapters, or goes on where an earlier process of this run was stopped.</summary>
    /// <param name="steps">Optimizer steps of the whole run.</param>
    /// <param name="optimizer">Made for the same parameters.</param>
    /// <param name="method">What the method keeps from step to step; null: nothing.</param>
    public TrainingSession StartTraining(int steps, AdapterSet adapters, AdamW optimizer, IMethodState? method = null) =>
        new(this, steps, training => adapters.Training = training, adapters.Trainable, optimizer, Checkpoints(), method);

    /// <summary>As above, where the model's own weights train.</summary>
    /// <param name="module">Switches the model's dropout; null where it has none.</param>
    public TrainingSession StartTraining(int steps, IReadOnlyList<NamedTensor> parameters, AdamW optimizer, ITrainedModule? module = null) =>
        new(this, steps, training => { if (module is not null) module.Training = training; }, parameters, optimizer, Checkpoints());

    /// <summary>The training data in the run's seeded order, from the first step that is still to do.</summary>
    /// <param name="collator">Makes batches of examples; it says whether several share a row.</param>
    public BatchStream<TExample, TBatch> Batches<TExample, TBatch>(
        IReadOnlyList<TExample> examples, ICollator<TExample, TBatch> collator, TrainingSession training)
        where TBatch : IDisposable
    {
        var plan = Plan.Training;
        foreach (var key in (string[])["training.batch", "training.micro_batch"]) Setting<int?>(key, null);
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
            Trainable = Plan.Trainable,
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

    private TrainingCheckpoints Checkpoints()
    {
        var keep = Setting("training.checkpoint.keep", Plan.Training.CheckpointKeep);
        Setting("training.checkpoint.every_steps", Plan.Training.CheckpointEverySteps);
        return new TrainingCheckpoints(Directory.CheckpointsFolder, keep, CheckpointIdentity.Here(PlanRecord.Fingerprint(Plan), Seed), View.Say);
    }

    private static IReadOnlyDictionary<string, double> NoMetrics { get; } = new Dictionary<string, double>();
}
