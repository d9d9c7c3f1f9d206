namespace NoraPipelines.Generator.Planning;

/// <summary>Paths as text: a generator asks no file system.</summary>
internal static class Paths
{
    /// <summary>Forward slashes, no "." and no ".." that can be resolved.</summary>
    public static string Normal(string path)
    {
        var parts = new List<string>();
        var slashes = path.Replace('\\', '/');
        foreach (var part in slashes.Split('/'))
        {
            if (part is "." or "") continue;
            if (part == ".." && parts.Count > 0 && parts[parts.Count - 1] != "..") parts.RemoveAt(parts.Count - 1);
            else parts.Add(part);
        }
        return (slashes.StartsWith("/", StringComparison.Ordinal) ? "/" : "") + string.Join("/", parts);
    }

    /// <summary>A path that starts in the folder of a file.</summary>
    public static string Beside(string file, string relative)
    {
        var folder = Normal(file);
        var slash = folder.LastIndexOf('/');
        return Normal(IsRooted(relative) ? relative : (slash < 0 ? "" : folder.Substring(0, slash + 1)) + relative);
    }

    /// <summary>The path as seen from a folder, "../" included where it lies outside.</summary>
    public static string Relative(string folder, string path)
    {
        var from = Normal(folder).Split(['/'], StringSplitOptions.RemoveEmptyEntries);
        var to = Normal(path).Split(['/'], StringSplitOptions.RemoveEmptyEntries);
        if (folder.Length == 0 || !IsRooted(path)) return Normal(path);
        var shared = 0;
        while (shared < from.Length && shared < to.Length && from[shared] == to[shared]) shared++;
        if (shared == 0) return Normal(path);
        return string.Join("/", Enumerable.Repeat("..", from.Length - shared).Concat(to.Skip(shared)));
    }

    private static bool IsRooted(string path) => path.StartsWith("/", StringComparison.Ordinal)
        || path.StartsWith("\\", StringComparison.Ordinal) || path.IndexOf(':') == 1;
}
