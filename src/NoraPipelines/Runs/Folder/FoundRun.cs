namespace NoraPipelines.Runs.Folder;

/// <summary>A run that something was computed in, as its own files tell it.</summary>
internal sealed record FoundRun(RunDirectory Directory, PlanRecord Record, RunIdentity? Identity)
{
    /// <summary>How far it is, in words.</summary>
    public string Progress => Directory.IsFinished ? "finished"
        : Directory.LastCheckpoint is { } step ? $"at step {step}" : "before its first checkpoint";

    /// <summary>The runs below a folder, the newest first, whatever their folders are called and whatever the clock said.</summary>
    /// <param name="passedOver">Told of a folder whose files cannot be read, and why.</param>
    public static IReadOnlyList<FoundRun> In(string parent, Action<string> passedOver)
    {
        var found = new List<FoundRun>();
        foreach (var directory in System.IO.Directory.Exists(parent) ? System.IO.Directory.GetDirectories(parent).Select(RunDirectory.At) : [])
        {
            try
            {
                if (File.Exists(directory.PlanFile) && directory.HasProgress)
                    found.Add(new(directory, RunJson.ReadChecked<PlanRecord>(directory.PlanFile), RunIdentity.Read(directory)));
            }
            catch (NoraException problem)
            {
                passedOver($"{directory.Path} is passed over: {problem.Message}");
            }
        }
        return [.. found.OrderByDescending(run => run.Identity?.Number ?? 0).ThenByDescending(run => run.Identity?.Started)
            .ThenByDescending(run => run.Directory.Path, StringComparer.Ordinal)];
    }
}
