using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;
using NoraPipelines.Interop;
using TorchSharp;

namespace NoraPipelines.Runs.Progress;

/// <summary>
/// What a run has used of the memory where it computes. On a CPU the system counts the peak of a whole process; on a card libtorch's allocator
/// counts, or else the driver. Where a process does several runs, free memory is given back between them and the count begins anew.
/// </summary>
internal static partial class MemoryUse
{
    private static readonly Lock Gate = new();
    private static bool _begun;
    private static bool _known = true;
    private static CardUse? _card;

    /// <summary>A run begins: its peak is counted from here.</summary>
    public static void Begin(torch.Device device)
    {
        lock (Gate)
        {
            if (_begun) _known = Settle();
            _begun = true;
            _card = device.type == DeviceType.CUDA ? CardUse.Begin(device.index, CardAllocator.Find, CudaDriver.Find) : null;
        }
    }

    /// <summary>The most that was used at once since the run began; null where it is unknown.</summary>
    public static MeasuredPeak? Peak()
    {
        if (_card is { } card) return card.Peak();
        return ProcessPeak() is { } bytes ? new MeasuredPeak(bytes, MeasuredPeak.Process) : null;
    }

    /// <summary>
    /// The most that was resident at once since the run began, in bytes, libraries and runtime included: VmHWM of Linux, elsewhere the
    /// process's own peak. Null where it is unknown: the system does not tell, or the peak may be an earlier run's.
    /// </summary>
    private static long? ProcessPeak()
    {
        if (!_known) return null;
        if (!OperatingSystem.IsLinux())
        {
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            return process.PeakWorkingSet64 is > 0 and var peak ? peak : null;
        }
        return Status("VmHWM:");
    }

    /// <summary>Resident now; null where the system does not tell.</summary>
    public static long? Resident() => OperatingSystem.IsLinux() ? Status("VmRSS:") : null;

    /// <summary>Collects garbage, gives free memory back to the system and begins a new peak.</summary>
    /// <returns>Whether the peak is new.</returns>
    private static bool Settle()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        for (var round = 0; round < 2; round++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            TensorMemory.Installed?.Begin();
            _ = malloc_trim(0);
            File.WriteAllText("/proc/self/clear_refs", "5"); // since Linux 4.0: VmHWM becomes VmRSS
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or EntryPointNotFoundException or DllNotFoundException)
        {
            return false; // a container may forbid it, another C library than glibc has no malloc_trim
        }
    }

    private static long? Status(string key)
    {
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
        return line?.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is [_, var kilobytes, "kB"]
            ? long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024
            : null;
    }

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint keep);
}
