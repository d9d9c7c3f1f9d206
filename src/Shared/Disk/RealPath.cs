namespace NoraPipelines.Disk;

/// <summary>A path with every symbolic link on the way resolved, so that two paths of one file are equal.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static string Of(string path) => Resolve(Path.GetFullPath(path), MostLinks);

    private static string Resolve(string full, int linksLeft)
    {
        if (linksLeft == 0) throw new IOException($"{full}: its symbolic links lead in a circle.");
        if (Path.GetDirectoryName(full) is not { } parent) return full;
        var here = Path.Combine(Resolve(parent, linksLeft), Path.GetFileName(full));
        var target = new FileInfo(here).LinkTarget;
        return target is null ? here : Resolve(Path.GetFullPath(target, Path.GetDirectoryName(here)!), linksLeft - 1);
    }
}
