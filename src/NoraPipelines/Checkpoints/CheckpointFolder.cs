namespace NoraPipelines.Checkpoints;

/// <summary>
/// The files of one checkpoint folder. A name from an index is a plain file name, and what it leads to lies in the folder itself; a
/// symbolic link may leave it only for the blobs of a Hugging Face cache (…/models--owner--name/blobs/…), which is how that cache
/// lays out its snapshots. The folder as a whole may be reached through any link.
/// </summary>
internal static class CheckpointFolder
{
    /// <summary>The full path of a file of the folder, whether or not it exists.</summary>
    /// <param name="from">The file that names it, for messages; null for names of our own.</param>
    /// <exception cref="CheckpointException">The name is no plain file name, or it is a link that leaves the folder.</exception>
    public static string File(string folder, string name, string? from = null)
    {
        var where = from ?? folder;
        if (name.Length == 0 || name is "." or ".." || name.IndexOfAny(['/', '\\', ':', '\0']) >= 0 || Path.IsPathRooted(name))
        {
            throw new CheckpointException($"{where}: names the file '{name}', expected the plain name of a file in the same folder. "
                + "Do not use this checkpoint unless you trust where it came from; otherwise put the file beside it and correct the name.");
        }
        var path = Path.Combine(folder, name);
        try
        {
            if (System.IO.File.ResolveLinkTarget(path, returnFinalTarget: true) is not { } target) return path;
            if (IsInside(target.FullName, folder) || IsCacheBlob(target.FullName)) return path;
            throw new CheckpointException($"{path}: is a link to {target.FullName}, outside the folder; expected a file of the folder. "
                + "Copy the file into the folder, or open the folder it is in.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ReadFailure.Of(path, "file", e);
        }
    }

    private static bool IsInside(string path, string folder) =>
        string.Equals(Path.GetDirectoryName(RealPath.Of(path)), RealPath.Of(folder), StringComparison.Ordinal);

    private static bool IsCacheBlob(string path) =>
        Path.GetDirectoryName(RealPath.Of(path)) is { } blobs && Path.GetFileName(blobs) == "blobs"
        && Path.GetFileName(Path.GetDirectoryName(blobs))?.StartsWith("models--", StringComparison.Ordinal) == true;
}
