using System.Diagnostics;
using System.Runtime.InteropServices;

namespace NoraPipelines.Tests;

/// <summary>What a thread has computed, which other work on the machine does not add to.</summary>
internal static partial class ThreadTime
{
    private const int OfThisThread = 3; // CLOCK_THREAD_CPUTIME_ID of Linux

    /// <summary>Processor time of <paramref name="work"/> on this thread; elsewhere than on Linux the time that passed.</summary>
    public static TimeSpan Of(Action work)
    {
        var start = Now();
        work();
        return Now() - start;
    }

    private static TimeSpan Now()
    {
        if (!OperatingSystem.IsLinux()) return Stopwatch.GetElapsedTime(0);
        Assert.Equal(0, clock_gettime(OfThisThread, out var now));
        return TimeSpan.FromSeconds(now.Seconds) + TimeSpan.FromTicks(now.Nanoseconds / 100);
    }

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Time
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
