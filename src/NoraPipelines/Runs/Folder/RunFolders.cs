using System.Globalization;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Settings;

namespace NoraPipelines.Runs.Folder;

/// <summary>Where runs lie: runs/&lt;pipeline&gt;/&lt;start time&gt;-&lt;seed&gt;/ below the current directory, or the folder that --output names.</summary>
internal static class RunFolders
{
    /// <summary>The folder of a pipeline's runs.</summary>
    public static string Of(string currentDirectory, string pipeline) => Path.Combine(currentDirectory, "runs", pipeline);

    /// <summary>The folder of a new run.</summary>
    public static string New(string currentDirectory, string pipeline, int seed, DateTime start)
    {
        var parent = Of(currentDirectory, pipeline);
        var name = $"{start.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{seed.ToString(CultureInfo.InvariantCulture)}";
        var path = Path.Combine(parent, name);
        for (var copy = 2; Directory.Exists(path); copy++) path = Path.Combine(parent, $"{name}.{copy.ToString(CultureInfo.InvariantCulture)}");
        return path;
    }

    /// <summary>
    /// The newest unfinished run of a plan and seed; the newest finished one where none is unfinished; null where nothing of the seed is
    /// unfinished. A run that failed before it computed anything is none.
    /// </summary>
    /// <param name="say">Told of every newer run that is passed over.</param>
    /// <exception cref="NoraException">Runs of the seed are unfinished, and all are of another plan.</exception>
    public static string? Newest(string parent, PlanRecord now, Action<string> say)
    {
        var runs = FoundRun.In(parent, say).Where(run => run.Record.Seed == now.Seed).Select(run => (Run: run, Differences: now.Differences(run.Record))).ToList();
        var fitting = runs.Where(each => each.Differences.Count == 0).Select(each => each.Run).ToList();
        var chosen = fitting.Find(run => !run.Directory.IsFinished) ?? fitting.FirstOrDefault();
        var others = runs.Where(each => each.Differences.Count > 0 && !each.Run.Directory.IsFinished).ToList();
        if (chosen is null && others.Count > 0)
            throw new NoraException($"There is no run with this plan to resume in {parent}. Unfinished are:"
                + string.Concat(others.Take(8).Select(each => $"{Environment.NewLine}  {Told(each.Run, each.Differences)}. {GoOn(each.Run)}")));
        foreach (var (run, differences) in others.TakeWhile(each => IsNewer(each.Run)))
            say($"Passed over as of another plan: {Told(run, differences)}.");
        return chosen?.Directory.Path;

        bool IsNewer(FoundRun run) => runs.FindIndex(each => each.Run == run) < runs.FindIndex(each => each.Run == chosen);
    }

    /// <summary>The number of a run that begins below a folder of runs.</summary>
    public static int NextNumber(string parent) =>
        FoundRun.In(parent, static _ => { }).Select(run => run.Identity?.Number ?? 0).DefaultIfEmpty().Max() + 1;

    private static string Told(FoundRun run, IReadOnlyList<string> differences) => $"{run.Directory.Path}, {run.Progress} ({Listing.Shown(differences, 3)})";

    private static string GoOn(FoundRun run) => CommandWords.GoOn(
    [
        "run", run.Record.Pipeline, "--output", run.Directory.Path, "--seed", run.Record.Seed.ToString(CultureInfo.InvariantCulture),
        .. run.Record.Settings.Where(setting => setting.Source == SettingValue.CommandLine).SelectMany(setting => (string[])["--set", $"{setting.Key}={setting.Value}"]), "--resume",
    ]);
}
