using System.Globalization;

namespace NoraPipelines.Runs.Folder;

/// <summary>Where runs lie: runs/&lt;pipeline&gt;/&lt;start time&gt;-&lt;seed&gt;/ below the current directory, or the folder that --output names.</summary>
internal static class RunFolders
{
    /// <summary>The folder of a new run.</summary>
    public static string New(string currentDirectory, string pipeline, int seed, DateTime start)
    {
        var parent = Path.Combine(currentDirectory, "runs", pipeline);
        var name = $"{start.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{seed.ToString(CultureInfo.InvariantCulture)}";
        var path = Path.Combine(parent, name);
        for (var copy = 2; Directory.Exists(path); copy++) path = Path.Combine(parent, $"{name}.{copy.ToString(CultureInfo.InvariantCulture)}");
        return path;
    }

    /// <summary>The newest unfinished run of a pipeline and seed; the newest finished one where none is unfinished; null where there is neither.</summary>
    public static string? Newest(string currentDirectory, string pipeline, int seed)
    {
        var parent = Path.Combine(currentDirectory, "runs", pipeline);
        if (!Directory.Exists(parent)) return null;
        var suffix = "-" + seed.ToString(CultureInfo.InvariantCulture);
        var runs = Directory.GetDirectories(parent)
            .Where(path => File.Exists(Path.Combine(path, "plan.json")) && Path.GetFileName(path).Split('.')[0].EndsWith(suffix, StringComparison.Ordinal))
            .OrderByDescending(Path.GetFileName, StringComparer.Ordinal)
            .ToArray();
        return runs.FirstOrDefault(path => !File.Exists(Path.Combine(path, "result.json"))) ?? runs.FirstOrDefault();
    }
}
