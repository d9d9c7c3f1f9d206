namespace NoraPipelines.Disk;

/// <summary>Says in words why a file could not be written.</summary>
internal static class WriteFailure
{
    // The codes under which .NET passes on ENOSPC, EFBIG, EDQUOT (Linux, macOS) and ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL.
    private static readonly int[] FullDiskCodes = [28, 27, 122, 69, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    private const int NoSpace = 28;
    private const long PlentyOfBytes = 1 << 20;

    /// <summary>A sentence for the user: what happened, and what to do.</summary>
    /// <param name="path">What was to be written.</param>
    /// <param name="expectedBytes">Its size; 0: not known.</param>
    public static string Describe(string path, long expectedBytes, Exception failure)
    {
        if (failure is DirectoryNotFoundException)
            return $"{path}: could not be written, its folder is gone: {failure.Message} Somebody removed it; leave a run's folder where it is.";
        var free = FreeBytes(path);
        if (failure is IOException && failure.HResult == NoSpace && free >= Math.Max(expectedBytes, PlentyOfBytes))
        {
            return $"{path}: the disk is full, nothing was written. {free:N0} bytes are free, so it is its files (inodes) or a quota that are used up; remove files, "
                + "or choose another folder.";
        }
        // Space that cannot be reserved is reported without a code.
        if (failure is IOException && (FullDiskCodes.Contains(failure.HResult) || expectedBytes > free))
        {
            return $"{path}: the disk is full, nothing was written. The file needs {(expectedBytes > 0 ? $"{expectedBytes:N0}" : "more")} "
                + $"bytes{(free is null ? "" : $", {free:N0} are free")}; make room, or choose another folder.";
        }
        if (failure is UnauthorizedAccessException)
            return $"{path}: may not be written ({failure.Message}) Choose a folder that this user may write to.";
        return $"{path}: could not be written: {failure.Message} Check the disk and the folder.";
    }

    private static long? FreeBytes(string path)
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
