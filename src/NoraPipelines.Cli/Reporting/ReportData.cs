using NoraPipelines.Data;
using NoraPipelines.Evaluation;
using NoraPipelines.Initialization;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Runs.Progress;
using NoraPipelines.Training;

namespace NoraPipelines.Cli.Reporting;

/// <summary>Everything that a run's folder tells; what a run has not come to yet is null or empty.</summary>
internal sealed record ReportData(
    RunDirectory Directory, PlanRecord Plan, RunEnvironment? Environment, IReadOnlyList<StepReport> Steps, RunReport? Result,
    InitializationReport? Start, IReadOnlyDictionary<string, double> Before, IReadOnlyDictionary<string, double> After,
    IReadOnlyDictionary<string, double> Seconds, IReadOnlyDictionary<string, int> Ranks, IReadOnlyDictionary<string, EncodedRows> Rows)
{
    public static ReportData Read(RunDirectory directory) => new(
        directory,
        RunJson.ReadChecked<PlanRecord>(directory.PlanFile),
        File.Exists(directory.EnvironmentFile) ? RunJson.ReadChecked<RunEnvironment>(directory.EnvironmentFile) : null,
        [.. MetricLog.Read(directory)],
        directory.IsFinished ? RunJson.ReadChecked<RunReport>(directory.ResultFile) : null,
        StageStore.TryRead<InitializationReport>(directory, RunStart.Stage, out var start) ? start : null,
        Scores(directory, "evaluate-before"),
        Scores(directory, "evaluate-after"),
        StageStore.Seconds(directory),
        StageStore.TryRead<Dictionary<string, int>>(directory, KeptRanksExport.Stage, out var ranks) ? ranks : new Dictionary<string, int>(),
        StageStore.Data(directory));

    private static IReadOnlyDictionary<string, double> Scores(RunDirectory directory, string stage) =>
        StageStore.TryRead<Scores>(directory, stage, out var scores) ? scores.Values : new Dictionary<string, double>();
}
