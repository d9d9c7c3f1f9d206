namespace NoraPipelines.Disk;

/// <summary>Says in words why a file could not be written.</summary>
internal static class WriteFailure
{
    // The codes under which .NET passes on ENOSPC, EFBIG, EDQUOT (Linux, macOS) and ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL.
    private static readonly int[] FullDiskCodes = [28, 27, 122, 69, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    public static string Describe(string path, long expectedBytes, Exception failure)
    {
        var free = FreeBytes(path);
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
