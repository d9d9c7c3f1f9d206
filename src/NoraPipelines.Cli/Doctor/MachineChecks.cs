namespace NoraPipelines.Cli.Doctor;

/// <summary>Memory, disk, and whether runs can be written where the user stands.</summary>
internal static class MachineChecks
{
    private const long LittleMemory = 2_000_000_000, LittleDisk = 1_000_000_000;

    /// <summary>Bytes that this process may use: the machine's, or the container's limit.</summary>
    public static long Memory => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    public static IEnumerable<DoctorCheck> Run(string currentDirectory)
    {
        yield return new DoctorCheck("memory", Memory >= LittleMemory,
            Memory >= LittleMemory ? Sizes.Bytes(Memory) : $"{Sizes.Bytes(Memory)}; even small models want {Sizes.Bytes(LittleMemory)}.");
        if (OpenFiles.Limit() is { } files)
            yield return new DoctorCheck("files", OpenFiles.Problem(files) is null, OpenFiles.Problem(files) ?? $"{files} may be open at once");
        yield return Writable(Path.Combine(currentDirectory, "runs"));
        yield return Disk(currentDirectory);
    }

    private static DoctorCheck Writable(string folder)
    {
        var existed = Directory.Exists(folder);
        var probe = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(probe, "");
            File.Delete(probe);
            if (!existed) Directory.Delete(folder);
            return new DoctorCheck("write", true, $"runs are written below {folder}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return new DoctorCheck("write", false, $"{problem.Message} Go to another folder, or name one with --output.");
        }
    }

    private static DoctorCheck Disk(string folder)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        return new DoctorCheck("disk", free >= LittleDisk, free >= LittleDisk
            ? $"{Sizes.Bytes(free)} free"
            : $"{Sizes.Bytes(free)} free; checkpoints and merged models want at least {Sizes.Bytes(LittleDisk)}.");
    }
}
