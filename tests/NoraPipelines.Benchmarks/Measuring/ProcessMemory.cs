using System.Globalization;
using System.Runtime.InteropServices;

namespace NoraPipelines.Benchmarks.Measuring;

/// <summary>
/// Resident bytes of this process, on Linux. They follow what is held only while <see cref="FollowTensors"/> holds, from before the first tensor
/// on: else glibc keeps freed memory for itself, and a peak would show what ran before.
/// </summary>
internal static partial class ProcessMemory
{
    private const int TrimThreshold = -1; // M_TRIM_THRESHOLD
    private const int MmapThreshold = -3; // M_MMAP_THRESHOLD

    public static bool Supported => OperatingSystem.IsLinux();

    /// <summary>Until disposed, every tensor above 64 KiB is a mapping of its own, given back when it is freed. Costs time: not for timed steps.</summary>
    public static IDisposable FollowTensors()
    {
        _ = mallopt(MmapThreshold, 64 << 10);
        return new Usual();
    }

    /// <summary>Collects garbage, gives free memory back and begins a new peak.</summary>
    public static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        _ = malloc_trim(0);
        File.WriteAllText("/proc/self/clear_refs", "5"); // the peak begins anew
    }

    public static long Resident => Read("VmRSS:");

    public static long Peak => Read("VmHWM:");

    private static long Read(string key)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal));
        return long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>What glibc's own thresholds grow to when large blocks come and go.</summary>
    private sealed class Usual : IDisposable
    {
        public void Dispose()
        {
            _ = mallopt(MmapThreshold, 32 << 20);
            _ = mallopt(TrimThreshold, 64 << 20);
        }
    }

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint keep);
}
