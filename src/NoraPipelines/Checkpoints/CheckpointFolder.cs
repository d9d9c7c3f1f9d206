using NoraPipelines.Disk;

namespace NoraPipelines.Checkpoints;

/// <summary>
/// The files of one checkpoint folder. A name from an index is a plain file name, and what it leads to lies in the folder itself
/// (<see cref="FolderLink"/>).
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
            if (FolderLink.Outside(folder, path) is not { } target) return path;
            throw new CheckpointException($"{path}: is a link to {target}, outside the folder; expected a file of the folder. "
                + "Copy the file into the folder, or open the folder it is in.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ReadFailure.Of(path, "file", e);
        }
    }
}
