using NoraPipelines.Checkpoints;
using NoraPipelines.Data;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Runs.Progress;

namespace NoraPipelines.Runs;

/// <summary>
/// Results of finished stages, stages/&lt;name&gt;.json, with the checksum of each in stages/checksums.json; and what is only book-keeping:
/// the seconds that a run has spent, stages/seconds.json, the most memory that its processes took, stages/memory.json, and what became of
/// the rows, stages/data.json.
/// </summary>
internal static class StageStore
{
    private const string Checksums = "checksums", SecondsSpent = "seconds", Memory = "memory", Rows = "data";

    /// <exception cref="NoraException">The file is damaged, or not the JSON that was expected.</exception>
    public static bool TryRead<T>(RunDirectory directory, string stage, out T result)
    {
        var path = FileOf(directory, stage);
        var found = File.Exists(path);
        if (found && MarkOf(directory, path) is { } mark) Check(path, mark);
        result = found ? RunJson.Read<T>(path) : default!;
        return found;
    }

    public static bool Has(RunDirectory directory, string stage) => File.Exists(FileOf(directory, stage));

    /// <summary>Whether any stage is done.</summary>
    public static bool HasAny(RunDirectory directory) => Done(directory).Any();

    /// <exception cref="IOException">The run's folder is gone.</exception>
    public static void Write<T>(RunDirectory directory, string stage, T result, IReadOnlyDictionary<string, double> seconds)
    {
        directory.CheckIsThere();
        TryWriteSeconds(directory, seconds);
        var (path, text) = (FileOf(directory, stage), RunJson.Write(result));
        File.Delete(path); // a former result never stands beside the checksum of this one
        Mark(directory, path, FileMark.OfText(text));
        RunDirectory.WriteText(path, text); // last: it is what says that the stage is done
    }

    /// <summary>Keeps the checksum of a file of stages/.</summary>
    public static void Mark(RunDirectory directory, string path, FileMark mark)
    {
        var marks = Marks(directory);
        marks[Path.GetFileName(path)] = mark;
        RunDirectory.WriteText(FileOf(directory, Checksums), RunJson.Write(marks));
    }

    /// <summary>The checksum that a file of stages/ was written with; null where none was kept.</summary>
    public static FileMark? MarkOf(RunDirectory directory, string path) => Marks(directory).GetValueOrDefault(Path.GetFileName(path));

    /// <summary>Holds every stage that is done against its checksum, before a run goes on from it.</summary>
    /// <exception cref="NoraException">A file is not as it was written.</exception>
    public static void CheckAll(RunDirectory directory)
    {
        foreach (var path in Done(directory).Append(StartStore.FileOf(directory)).Where(File.Exists))
        {
            if (path == StartStore.FileOf(directory) && !Has(directory, RunStart.Stage)) continue; // it is made again
            Check(path, MarkOf(directory, path) ?? throw Damaged(path, $"has no checksum in {Checksums}.json"));
        }
    }

    /// <summary>Empty where the file is not there or cannot be read.</summary>
    public static IReadOnlyDictionary<string, double> Seconds(RunDirectory directory) =>
        BookKeeping<Dictionary<string, double>>(directory, SecondsSpent) ?? [];

    /// <summary>Keeps the seconds and the memory; what is only book-keeping ends no run.</summary>
    /// <returns>Whether they could be written.</returns>
    public static bool TryWriteSeconds(RunDirectory directory, IReadOnlyDictionary<string, double> seconds)
    {
        try
        {
            RunDirectory.WriteText(FileOf(directory, SecondsSpent), RunJson.Write(seconds));
            RunDirectory.WriteText(FileOf(directory, Memory), RunJson.Write(new KeptPeak(Peak(directory))));
            return true;
        }
        catch (CheckpointException)
        {
            return false;
        }
    }

    /// <summary>What became of the rows of each data set, by the last process that read it.</summary>
    public static IReadOnlyDictionary<string, EncodedRows> Data(RunDirectory directory) =>
        BookKeeping<Dictionary<string, EncodedRows>>(directory, Rows) ?? [];

    public static void WriteData(RunDirectory directory, IReadOnlyDictionary<string, EncodedRows> data)
    {
        var all = new SortedDictionary<string, EncodedRows>(Data(directory).ToDictionary(), StringComparer.Ordinal);
        foreach (var (name, rows) in data) all[name] = rows;
        RunDirectory.WriteText(FileOf(directory, Rows), RunJson.Write(all));
    }

    /// <summary>The most that any process of this run has used; null where one of them does not know.</summary>
    public static MeasuredPeak? Peak(RunDirectory directory)
    {
        var now = MemoryUse.Peak();
        return Has(directory, Memory) ? MeasuredPeak.Of(BookKeeping<KeptPeak>(directory, Memory)?.Peak, now) : now;
    }

    private static IEnumerable<string> Done(RunDirectory directory) => Directory.Exists(directory.StagesFolder)
        ? Directory.EnumerateFiles(directory.StagesFolder, "*.json").Where(file => Path.GetFileNameWithoutExtension(file) is not (SecondsSpent or Memory or Rows or Checksums))
        : [];

    private static T? BookKeeping<T>(RunDirectory directory, string name) where T : class
    {
        try
        {
            return Has(directory, name) ? RunJson.Read<T>(FileOf(directory, name)) : null;
        }
        catch (NoraException)
        {
            return null; // it counts anew
        }
    }

    private static Dictionary<string, FileMark> Marks(RunDirectory directory) =>
        Has(directory, Checksums) ? RunJson.Read<Dictionary<string, FileMark>>(FileOf(directory, Checksums)) : [];

    private static void Check(string path, FileMark mark)
    {
        if (mark.Problem(path) is { } problem) throw Damaged(path, problem);
    }

    private static NoraException Damaged(string path, string problem) => new(
        $"{path}: is damaged, it {problem}. Put a copy back, or remove the file: --resume does that stage again.");

    private static string FileOf(RunDirectory directory, string stage) => Path.Combine(directory.StagesFolder, stage + ".json");

    private sealed record KeptPeak(MeasuredPeak? Peak);
}
