using NoraPipelines.Evaluation;

namespace NoraPipelines.Runs;

/// <summary>The end of a program.</summary>
public static class RunResult
{
    private static readonly Dictionary<string, double> NoMetrics = [];

    /// <summary>The run's result.</summary>
    /// <param name="before">Scores before training; null where nothing is evaluated.</param>
    /// <param name="after">Scores after it.</param>
    public static RunReport Complete(this RunContext run, Scores? before, Scores? after)
    {
        var seconds = new Dictionary<string, double>(run.Stages.Clock.Seconds);
        var train = seconds.GetValueOrDefault("train") + seconds.GetValueOrDefault(RunTraining.WaitForData);
        seconds["total"] = seconds.Values.Sum();
        var (progress, directory) = (run.Progress, run.Directory);
        var peak = StageStore.Peak(directory);
        return new RunReport
        {
            Pipeline = run.Plan.Name,
            Seed = run.Seed,
            Trainable = progress.Trainable,
            Total = run.Plan.Model.Shape.TotalParameters,
            Steps = progress.Trained.Steps,
            Loss = new LossChange(progress.Trained.FirstLoss, progress.Trained.LastLoss),
            Evaluation = new EvaluationChange(before?.Values ?? NoMetrics, after?.Values ?? NoMetrics),
            AwSvd = progress.Initialisation?.MeanErrors is { } errors
                ? new AwSvdResult(new AwSvdErrors(errors.Random, errors.Svd, errors.AwSvd, errors.Covariance))
                : null,
            Data = StageStore.Data(directory),
            Seconds = seconds,
            TokensPerSecond = train > 0 ? progress.Trained.Tokens / train : 0,
            PeakMemory = peak?.Bytes,
            PeakMemorySource = peak?.Source,
            PeakMemoryHeld = peak?.Held,
            Adapter = File.Exists(Path.Combine(directory.AdapterFolder, "adapter_config.json")) ? directory.AdapterFolder : null,
            RunDirectory = directory.Path,
            Report = directory.ReportFile,
        };
    }
}
