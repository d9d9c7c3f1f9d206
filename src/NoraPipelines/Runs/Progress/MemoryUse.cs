using System.Globalization;

namespace NoraPipelines.Runs.Progress;

/// <summary>What the process has used of the machine's memory.</summary>
internal static class MemoryUse
{
    /// <summary>The most that was resident at once, in bytes: VmHWM of Linux; elsewhere the process's own peak; null where unknown.</summary>
    public static long? Peak()
    {
        if (!OperatingSystem.IsLinux())
        {
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            return process.PeakWorkingSet64 is > 0 and var peak ? peak : null;
        }
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return line?.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is [_, var kilobytes, "kB"]
            ? long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024
            : null;
    }
}
