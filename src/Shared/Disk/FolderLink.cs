namespace NoraPipelines.Disk;

/// <summary>
/// Where the files of a model's folder lead: a symbolic link may leave the folder only for the blobs of a Hugging Face cache
/// (…/models--owner--name/blobs/…), which is how that cache lays out its snapshots. The folder as a whole may be reached through any link.
/// </summary>
internal static class FolderLink
{
    /// <summary>What the file is a link to, where that lies outside the folder; null where it may be opened, or does not exist.</summary>
    /// <exception cref="IOException">The link cannot be followed.</exception>
    /// <exception cref="UnauthorizedAccessException">The link may not be followed.</exception>
    public static string? Outside(string folder, string path)
    {
        try
        {
            if (new FileInfo(path).LinkTarget is null) return null;
            var target = RealPath.Of(path); // of a relative link from where its folder really lies
            return IsInside(target, folder) || IsCacheBlob(target) ? null : target;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static bool IsInside(string path, string folder) =>
        string.Equals(Path.GetDirectoryName(path), RealPath.Of(folder), StringComparison.Ordinal);

    private static bool IsCacheBlob(string path) =>
        Path.GetDirectoryName(path) is { } blobs && Path.GetFileName(blobs) == "blobs"
        && Path.GetFileName(Path.GetDirectoryName(blobs))?.StartsWith("models--", StringComparison.Ordinal) == true;
}
