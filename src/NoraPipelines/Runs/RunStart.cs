using NoraPipelines.Checkpoints;
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
    /// run reads them, because an SVD done again may differ in the last bits. Where they are gone they are made again, and must be the same
    /// ones if checkpoints were trained from them.
    /// </summary>
    /// <param name="work">Sets the adapters' tensors.</param>
    /// <exception cref="NoraException">What was kept is damaged, or what is made again has other bits.</exception>
    public static InitializationReport Initialise(this RunContext run, AdapterSet adapters, Func<InitializationReport> work)
    {
        var file = StartStore.FileOf(run.Directory);
        if (run.Stages.TryRead<InitializationReport>(Stage, out var earlier) && File.Exists(file))
        {
            StartStore.Read(adapters, file);
            return run.Progress.Initialisation = earlier;
        }
        var report = run.Stages.Measure(Stage, work);
        if (run.Writes) Keep(run.Directory, adapters, file);
        run.Stages.Write(Stage, report);
        Tell(run, report);
        return run.Progress.Initialisation = report;
    }

    private static void Keep(RunDirectory directory, AdapterSet adapters, string file)
    {
        StartStore.Write(adapters, file);
        var made = FileMark.Of(file);
        if (directory.LastCheckpoint is { } step && StageStore.MarkOf(directory, file) is var first && first != made)
            throw new NoraException($"{file}: the start was lost, and made again it {(first is null ? "cannot be compared with" : "has other bits than")} the one that the "
                + $"checkpoint of step {step} was trained from. Put a copy of the file back, or start a new run without --resume.");
        StageStore.Mark(directory, file, made);
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
