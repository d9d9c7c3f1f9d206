namespace NoraPipelines.Disk;

/// <summary>Files that are written in place, where a rename cannot put a whole one: others may write where a cache or a run's folder lies.</summary>
internal static class OwnFile
{
    /// <summary>Removes a symbolic link that lies where a file is to be written, so that nothing is written through it.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be removed.</exception>
    public static void RemoveLink(string path)
    {
        if (new FileInfo(path).LinkTarget is not null) File.Delete(path);
    }
}
