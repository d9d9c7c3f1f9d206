using System.Globalization;

namespace NoraPipelines.Interop;

/// <summary>What a process may use of the machine's memory, swap included, where Linux says so: above it the system kills it without a word.</summary>
internal static class MemoryLimit
{
    /// <summary>The machine's, or the container's where that is less; <see cref="long.MaxValue"/> where neither is known.</summary>
    public static long Bytes() => Of(Lines("/proc/meminfo"), Groups(Lines("/proc/self/cgroup")).SelectMany(Lines));

    /// <summary>What is free on the machine now; null where that is not known.</summary>
    public static long? Available() => Kilobytes(Lines("/proc/meminfo"), "MemAvailable:") is { } free ? free * 1024 : null;

    /// <summary>The files of limits of a process's control group and of those above it, of both versions; in a container its own group is the root.</summary>
    /// <param name="membership">Lines as "0::/user.slice/run.scope" or "4:memory:/docker/1f".</param>
    internal static IEnumerable<string> Groups(IEnumerable<string> membership)
    {
        List<string> files = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
        foreach (var line in membership)
        {
            if (line.Split(':', 3) is not [_, var controllers, var path]) continue;
            var (root, name) = controllers.Length == 0 ? ("/sys/fs/cgroup", "memory.max") : ("/sys/fs/cgroup/memory", "memory.limit_in_bytes");
            if (controllers.Length > 0 && !controllers.Split(',').Contains("memory")) continue;
            for (var group = path.TrimEnd('/'); group.Length > 1; group = group[..group.LastIndexOf('/')]) files.Add($"{root}{group}/{name}");
        }
        return files;
    }

    /// <param name="machine">Lines as "MemTotal:  24 kB".</param>
    /// <param name="container">Numbers of bytes, or "max".</param>
    internal static long Of(IReadOnlyList<string> machine, IEnumerable<string> container)
    {
        var (total, swap) = (Kilobytes(machine, "MemTotal:"), Kilobytes(machine, "SwapTotal:"));
        var limits = container.Select(line => long.TryParse(line, CultureInfo.InvariantCulture, out var bytes) ? bytes : long.MaxValue);
        return limits.Append(total is null ? long.MaxValue : (total.Value + (swap ?? 0)) * 1024).Min();
    }

    private static long? Kilobytes(IReadOnlyList<string> lines, string key) => lines.FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) is { } line
        && long.TryParse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

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
