namespace NoraPipelines.Build;

/// <summary>A file of an output folder, which may be a hard link into the package cache and is therefore never written in place.</summary>
internal static class OutputFile
{
    /// <summary>Puts a new file with these bytes in the place of the one at <paramref name="path"/>; it keeps the time, so that an incremental build leaves it.</summary>
    public static void Replace(string path, byte[] bytes)
    {
        var replacement = path + ".new-" + Guid.NewGuid().ToString("N");
        try
        {
            File.WriteAllBytes(replacement, bytes);
            File.SetLastWriteTimeUtc(replacement, File.GetLastWriteTimeUtc(path));
            File.Delete(path); // the name only; another hard link keeps the original
            File.Move(replacement, path);
        }
        finally
        {
            if (File.Exists(replacement)) File.Delete(replacement);
        }
    }
}
