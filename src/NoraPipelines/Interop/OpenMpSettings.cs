using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace NoraPipelines.Interop;

/// <summary>
/// Settings of libtorch's threads. They are read from the environment when the library is loaded, so they are made before; what the user has set
/// stays.
/// </summary>
internal static partial class OpenMpSettings
{
    /// <summary>
    /// How often a thread looks for work before it sleeps. GNU OpenMP's own 300,000 keeps a core busy where another
    /// process, or another thread of the same product, needs it (docs/performance.md).
    /// </summary>
    private const string Spins = "20000";

    /// <summary>Without effect where libtorch is loaded already, or where it is not GNU's OpenMP that it uses.</summary>
    public static void Apply()
    {
        if (!OperatingSystem.IsLinux()) return;
        var given = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => (string)entry.Key).ToHashSet();
        try
        {
            foreach (var (name, value) in Missing(given, Environment.ProcessorCount, File.ReadLines("/proc/self/status")))
                _ = setenv(name, value, 0); // .NET's own copy of the environment is not what native libraries read
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or DllNotFoundException or EntryPointNotFoundException)
        {
            // No /proc, or another C library: libtorch's own settings serve.
        }
    }

    /// <summary>What is set beside what is <paramref name="given"/>.</summary>
    /// <param name="processors">What this process may use: a container's share of the processors counts.</param>
    /// <param name="status">Lines of /proc/self/status.</param>
    internal static IEnumerable<(string Name, string Value)> Missing(IReadOnlySet<string> given, int processors, IEnumerable<string> status)
    {
        if (!given.Contains("OMP_WAIT_POLICY") && !given.Contains("GOMP_SPINCOUNT")) yield return ("GOMP_SPINCOUNT", Spins);
        // libtorch counts the processors of the machine; more threads than the share of them wait for each other.
        if (!given.Contains("OMP_NUM_THREADS") && processors < Allowed(status))
            yield return ("OMP_NUM_THREADS", processors.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Processors that the system may run this process on: "Cpus_allowed:	ff,ffffffff".</summary>
    private static int Allowed(IEnumerable<string> status)
    {
        const string Key = "Cpus_allowed:";
        var mask = status.FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal))?[Key.Length..];
        return mask?.Sum(digit => char.IsAsciiHexDigit(digit) ? BitOperations.PopCount((uint)Convert.ToInt32(digit.ToString(), 16)) : 0) ?? 0;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
