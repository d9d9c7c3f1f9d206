using NoraPipelines.Runs.Folder;

namespace NoraPipelines.Runs;

/// <summary>Results of finished stages, stages/&lt;name&gt;.json, and the seconds that a run has spent, stages/seconds.json.</summary>
internal static class StageStore
{
    public static bool TryRead<T>(RunDirectory directory, string stage, out T result)
    {
        var path = FileOf(directory, stage);
        var found = File.Exists(path);
        result = found ? RunJson.Read<T>(path) : default!;
        return found;
    }

    public static bool Has(RunDirectory directory, string stage) => File.Exists(FileOf(directory, stage));

    public static void Write<T>(RunDirectory directory, string stage, T result, IReadOnlyDictionary<string, double> seconds)
    {
        WriteSeconds(directory, seconds);
        RunDirectory.WriteText(FileOf(directory, stage), RunJson.Write(result)); // last: it is what says that the stage is done
    }

    public static IReadOnlyDictionary<string, double> Seconds(RunDirectory directory) =>
        TryRead<Dictionary<string, double>>(directory, "seconds", out var seconds) ? seconds : new Dictionary<string, double>();

    public static void WriteSeconds(RunDirectory directory, IReadOnlyDictionary<string, double> seconds) =>
        RunDirectory.WriteText(FileOf(directory, "seconds"), RunJson.Write(seconds));

    private static string FileOf(RunDirectory directory, string stage) => Path.Combine(directory.StagesFolder, stage + ".json");
}
