using System.IO.Enumeration;
using NoraPipelines.Plans;

namespace NoraPipelines.Data;

/// <summary>The files that a path stands for: itself, the data files of a folder, or those that a glob fits, in ordinal order.</summary>
internal static class DataPaths
{
    /// <summary>Those of each path, in the order of the paths.</summary>
    /// <exception cref="DataException">There are none.</exception>
    public static IReadOnlyList<string> Of(DataFiles files) => [.. files.Paths.SelectMany(Of)];

    private static IReadOnlyList<string> Of(string path)
    {
        if (File.Exists(path)) return [path];
        if (Directory.Exists(path))
        {
            string[] files = [.. DataFile.Guard(path, () => Directory.GetFiles(path)).Where(DataFormat.IsKnown).Order(StringComparer.Ordinal)];
            return files.Length > 0 ? files : throw new DataException($"{path}: the folder holds no data file; expected files that end in {DataFormat.Endings}.");
        }
        return path.AsSpan().IndexOfAny('*', '?') < 0 ? [path] : Glob(path);
    }

    /// <summary>`*` and `?` within a name; `**` for any folders.</summary>
    private static string[] Glob(string pattern)
    {
        var full = Path.GetFullPath(pattern).Replace('\\', '/');
        var folder = full[..full.AsSpan(0, full.AsSpan().IndexOfAny('*', '?')).LastIndexOf('/')];
        if (folder.Length == 0) folder = "/";
        if (!Directory.Exists(folder)) throw new DataException($"{pattern}: the folder {folder} does not exist.");
        var parts = full[folder.TrimEnd('/').Length..].Trim('/').Split('/');
        var option = parts.Length > 1 ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly;
        string[] found = [.. DataFile.Guard(folder, () => Directory.GetFiles(folder, "*", option))
            .Where(file => Fits(Path.GetRelativePath(folder, file).Replace('\\', '/').Split('/'), parts) && DataFormat.IsKnown(file))
            .Order(StringComparer.Ordinal)];
        return found.Length > 0 ? found : throw new DataException($"{pattern}: no data file fits the pattern; expected files that end in {DataFormat.Endings}.");
    }

    private static bool Fits(ReadOnlySpan<string> path, ReadOnlySpan<string> pattern)
    {
        if (pattern.IsEmpty) return path.IsEmpty;
        if (pattern[0] == "**") return Fits(path, pattern[1..]) || (!path.IsEmpty && Fits(path[1..], pattern));
        return !path.IsEmpty && FileSystemName.MatchesSimpleExpression(pattern[0], path[0], ignoreCase: false) && Fits(path[1..], pattern[1..]);
    }
}
