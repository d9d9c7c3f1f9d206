using NoraPipelines.Initialization;
using NoraPipelines.Models;

namespace NoraPipelines.Runs;

/// <summary>The adapters' starting values.</summary>
public static class RunStart
{
    internal const string Stage = "initialise";
    private const int WarningsShown = 3;

    /// <summary>
    /// Gives the adapters their starting values, once in the run's life: all their tensors are kept beside the report, and a resumed
    /// run reads them, because an SVD done again may differ in the last bits.
    /// </summary>
    /// <param name="work">Sets the adapters' tensors.</param>
    public static InitializationReport Initialise(this RunContext run, AdapterSet adapters, Func<InitializationReport> work)
    {
        var file = StartStore.FileOf(run.Directory);
        if (run.Stages.TryRead<InitializationReport>(Stage, out var earlier))
        {
            StartStore.Read(adapters, file);
            return run.Progress.Initialisation = earlier;
        }
        var report = run.Stages.Measure(Stage, work);
        if (run.Writes) StartStore.Write(adapters, file);
        run.Stages.Write(Stage, report);
        Tell(run, report);
        return run.Progress.Initialisation = report;
    }

    private static void Tell(RunContext run, InitializationReport report)
    {
        if (report.MeanErrors is { } errors)
            run.Say($"Output error at the outer rank, mean of {report.Projections.Count} projections: AwSVD {Sizes.Number(errors.AwSvd)}, "
                + $"SVD {Sizes.Number(errors.Svd)}, random {Sizes.Number(errors.Random)}.");
        var warnings = report.Warnings.ToArray();
        foreach (var warning in warnings.Take(WarningsShown)) run.View.Warn(warning);
        if (warnings.Length > WarningsShown) run.View.Warn($"and {warnings.Length - WarningsShown} projections more; the report lists them.");
    }
}
