namespace NoraPipelines.Disk;

/// <summary>
/// Writes a file as a whole or not at all: into a temporary file of the same folder, to the disk, then renamed over the old one. A
/// reader sees the old content or the new, also after a power cut; what fails leaves the old file and no other behind.
/// </summary>
internal static class WholeFile
{
    /// <param name="path">Its folder is made where it is missing.</param>
    /// <param name="write">Writes the content; an exception of its own passes through.</param>
    /// <param name="expectedBytes">Reserved first, so that a full disk is found before hours of writing; 0: not known.</param>
    /// <param name="refuse">Makes the exception to throw where the disk is full or the place cannot be written, from its message and cause.</param>
    public static void Write(string path, Action<Stream> write, long expectedBytes, Func<string, Exception?, Exception> refuse)
    {
        var target = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(target)
            ?? throw refuse($"{path}: a folder was found, a file name was expected; add one.", null);
        var temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(folder);
            if (Directory.Exists(target)) throw refuse($"{target} is a folder, a file was to be written there; remove it.", null);
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.Delete, // it is renamed while it is open, so that a sweep never takes it for a left one
                BufferSize = 1 << 16,
                PreallocationSize = expectedBytes,
            };
            using (var stream = new FileStream(temporary, options))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
                File.Move(temporary, target, overwrite: true);
            }
            FolderSync.Flush(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw refuse(WriteFailure.Describe(target, expectedBytes, e), e);
        }
        finally
        {
            Remove(temporary);
        }
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The failure that brought us here is the one to report.
        }
    }
}
