using System.Runtime.InteropServices;

namespace NoraPipelines.Disk;

/// <summary>Brings a folder's entries to the disk: without it a rename may be lost in a power cut on Linux and macOS.</summary>
internal static partial class FolderSync
{
    /// <summary>Asks for it; file systems that refuse (some network ones) are left as they are. Windows needs none.</summary>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(folder, 0);
        if (descriptor < 0) return;
        _ = Sync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
