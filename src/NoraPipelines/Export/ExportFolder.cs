using NoraPipelines.Checkpoints;

namespace NoraPipelines.Export;

/// <summary>Changes to a folder that is exported into.</summary>
internal static class ExportFolder
{
    /// <summary>Deletes files of the folder where they are there.</summary>
    /// <exception cref="CheckpointException">One cannot be deleted.</exception>
    public static void Remove(string folder, params IEnumerable<string> names)
    {
        foreach (var name in names) Try(Path.Combine(folder, name), "deleted", File.Delete);
    }

    /// <summary>Copies a file into the folder under its own name.</summary>
    /// <exception cref="CheckpointException">It cannot be read or written.</exception>
    public static void CopyInto(string folder, string file)
    {
        var target = Path.Combine(folder, Path.GetFileName(file));
        if (Path.GetFullPath(file) == Path.GetFullPath(target)) return;
        AtomicFile.Write(target, stream => Try(file, "read", path =>
        {
            using var source = File.OpenRead(path);
            source.CopyTo(stream);
        }));
    }

    private static void Try(string path, string what, Action<string> act)
    {
        try
        {
            act(path);
        }
        catch (Exception e) when (e is DirectoryNotFoundException && what == "deleted")
        {
            // No folder, no file.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: could not be {what}: {e.Message} Check the file's permissions and the disk.", e);
        }
    }
}
