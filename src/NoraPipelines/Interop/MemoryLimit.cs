using System.Globalization;

namespace NoraPipelines.Interop;

/// <summary>What a process may use of the machine's memory, swap included, where Linux says so: above it the system kills it without a word.</summary>
internal static class MemoryLimit
{
    /// <summary>The machine's, or the container's where that is less; <see cref="long.MaxValue"/> where neither is known.</summary>
    public static long Bytes() => Of(Lines("/proc/meminfo"), Lines("/sys/fs/cgroup/memory.max").Concat(Lines("/sys/fs/cgroup/memory/memory.limit_in_bytes")));

    /// <param name="machine">Lines as "MemTotal:  24 kB".</param>
    /// <param name="container">Numbers of bytes, or "max".</param>
    internal static long Of(IReadOnlyList<string> machine, IEnumerable<string> container)
    {
        var (total, swap) = (Kilobytes("MemTotal:"), Kilobytes("SwapTotal:"));
        var limits = container.Select(line => long.TryParse(line, CultureInfo.InvariantCulture, out var bytes) ? bytes : long.MaxValue);
        return limits.Append(total is null ? long.MaxValue : (total.Value + (swap ?? 0)) * 1024).Min();

        long? Kilobytes(string key) => machine.FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) is { } line
            && long.TryParse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static string[] Lines(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllLines(file) : [];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
