using System.Text;
using NoraPipelines.Disk;

namespace NoraPipelines.Checkpoints;

/// <summary>
/// Writes a file as a whole or not at all: a reader sees the old content or the new, also after a power cut; what fails leaves the old
/// file and no other behind.
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

    /// <summary>Removes what killed writers left in a folder and below it; what another one is writing stays.</summary>
    internal static void Sweep(string folder) => LeftTemporaries.Sweep(folder);

    /// <summary>As above; the space is reserved first, so that a full disk is found before hours of writing.</summary>
    internal static void Write(string path, Action<Stream> write, long expectedBytes) =>
        WholeFile.Write(path, write, expectedBytes, static (message, cause) => new CheckpointException(message, cause));
}
