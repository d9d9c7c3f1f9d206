using NoraPipelines.Runs.Folder;

namespace NoraPipelines.Cli.Comparing;

/// <summary>How far a variant's run with one seed is.</summary>
internal enum RunState
{
    Waiting,
    Unfinished,
    Failed,
    Finished,
}

/// <summary>A variant's run with one seed, as its folder tells it.</summary>
/// <param name="Report">Of a finished run.</param>
/// <param name="Error">Why a failed one failed.</param>
internal sealed record ComparedRun(string Variant, int Seed, RunDirectory Directory, RunState State, RunReport? Report, string? Error)
{
    /// <exception cref="NoraException">A file of the folder is damaged.</exception>
    public static ComparedRun Read(string folder, string variant, int seed)
    {
        var directory = RunDirectory.At(ComparisonFolders.Run(folder, variant, seed));
        if (directory.IsFinished)
            return new(variant, seed, directory, RunState.Finished, RunJson.ReadChecked<RunReport>(directory.ResultFile), null);
        if (File.Exists(FailureFile(directory)))
            return new(variant, seed, directory, RunState.Failed, null, RunJson.ReadChecked<RunFailure>(FailureFile(directory)).Error);
        return new(variant, seed, directory, File.Exists(directory.PlanFile) ? RunState.Unfinished : RunState.Waiting, null, null);
    }

    /// <summary>Keeps why a run failed.</summary>
    public static void WriteFailure(string folder, string error)
    {
        var directory = RunDirectory.Create(folder);
        RunJson.WriteChecked(FailureFile(directory), new RunFailure(error));
    }

    /// <summary>The run is tried again.</summary>
    public static void ForgetFailure(string folder)
    {
        if (Path.Exists(folder)) File.Delete(FailureFile(RunDirectory.At(folder)));
    }

    private static string FailureFile(RunDirectory directory) => directory.In("failure.json");

    private sealed record RunFailure(string Error);
}
