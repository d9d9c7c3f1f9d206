using System.Text;

namespace NoraPipelines.Checkpoints;

/// <summary>
/// Writes a file as a whole or not at all: into a temporary file of the same folder, to the disk, then renamed over the old one. A
/// reader sees the old content or the new, also after a power cut; what fails leaves the old file and no other behind.
/// </summary>
public static class AtomicFile
{
    /// <summary>Writes <paramref name="path"/>, making its folder where it is missing.</summary>
    /// <param name="write">Writes the content; an exception of its own passes through.</param>
    /// <exception cref="CheckpointException">The disk is full, or the place cannot be written.</exception>
    public static void Write(string path, Action<Stream> write) => Write(path, write, expectedBytes: 0);

    /// <summary>Writes <paramref name="text"/> as UTF-8 without a byte order mark.</summary>
    /// <exception cref="CheckpointException">The disk is full, or the place cannot be written.</exception>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>As above; the space is reserved first, so that a full disk is found before hours of writing.</summary>
    internal static void Write(string path, Action<Stream> write, long expectedBytes)
    {
        var target = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(target)
            ?? throw new CheckpointException($"{path}: a folder was found, a file name was expected; add one.");
        var temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(folder);
            if (Directory.Exists(target))
                throw new CheckpointException($"{target} is a folder, a file was to be written there; remove it.");
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
                BufferSize = 1 << 16,
                PreallocationSize = expectedBytes,
            };
            using (var stream = new FileStream(temporary, options))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
            FolderSync.Flush(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(WriteFailure.Describe(target, expectedBytes, e), e);
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
