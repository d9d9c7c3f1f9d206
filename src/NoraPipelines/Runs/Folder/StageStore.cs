using NoraPipelines.Data;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Runs.Progress;

namespace NoraPipelines.Runs;

/// <summary>
/// Results of finished stages, stages/&lt;name&gt;.json, the seconds that a run has spent, stages/seconds.json, the most memory that
/// its processes took, stages/memory.json, and what became of the rows, stages/data.json.
/// </summary>
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

    /// <summary>Whether any stage is done.</summary>
    public static bool HasAny(RunDirectory directory) => Directory.Exists(directory.StagesFolder)
        && Directory.EnumerateFiles(directory.StagesFolder, "*.json").Any(file => Path.GetFileNameWithoutExtension(file) is not ("seconds" or "memory" or "data"));

    public static void Write<T>(RunDirectory directory, string stage, T result, IReadOnlyDictionary<string, double> seconds)
    {
        WriteSeconds(directory, seconds);
        RunDirectory.WriteText(FileOf(directory, stage), RunJson.Write(result)); // last: it is what says that the stage is done
    }

    public static IReadOnlyDictionary<string, double> Seconds(RunDirectory directory) =>
        TryRead<Dictionary<string, double>>(directory, "seconds", out var seconds) ? seconds : new Dictionary<string, double>();

    public static void WriteSeconds(RunDirectory directory, IReadOnlyDictionary<string, double> seconds)
    {
        RunDirectory.WriteText(FileOf(directory, "seconds"), RunJson.Write(seconds));
        RunDirectory.WriteText(FileOf(directory, "memory"), RunJson.Write(new PeakMemory(Peak(directory))));
    }

    /// <summary>What became of the rows of each data set, by the last process that read it.</summary>
    public static IReadOnlyDictionary<string, EncodedRows> Data(RunDirectory directory) =>
        TryRead<Dictionary<string, EncodedRows>>(directory, "data", out var data) ? data : new Dictionary<string, EncodedRows>();

    public static void WriteData(RunDirectory directory, IReadOnlyDictionary<string, EncodedRows> data)
    {
        var all = new SortedDictionary<string, EncodedRows>(Data(directory).ToDictionary(), StringComparer.Ordinal);
        foreach (var (name, rows) in data) all[name] = rows;
        RunDirectory.WriteText(FileOf(directory, "data"), RunJson.Write(all));
    }

    /// <summary>The most that any process of this run has used, in bytes; null where one of them does not know.</summary>
    public static long? Peak(RunDirectory directory)
    {
        var now = MemoryUse.Peak();
        return TryRead<PeakMemory>(directory, "memory", out var earlier) ? earlier.Peak is { } bytes && now is { } more ? Math.Max(bytes, more) : null : now;
    }

    private static string FileOf(RunDirectory directory, string stage) => Path.Combine(directory.StagesFolder, stage + ".json");

    private sealed record PeakMemory(long? Peak);
}
