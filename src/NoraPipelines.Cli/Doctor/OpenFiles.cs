using System.Globalization;

namespace NoraPipelines.Cli.Doctor;

/// <summary>How many files the process may have open at once: below some number .NET says of a library that it "cannot find the file".</summary>
internal static class OpenFiles
{
    /// <summary>A run has about 130 open, most of them libraries; a checkpoint of many shards adds its own.</summary>
    public const int Least = 256;

    /// <summary>The limit; null where the system does not tell.</summary>
    public static long? Limit()
    {
        try
        {
            return File.Exists("/proc/self/limits") ? Of(File.ReadLines("/proc/self/limits")) : null;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What to do about a limit that is too low; null where it is not.</summary>
    public static string? Problem(long? limit) => limit < Least
        ? string.Create(CultureInfo.InvariantCulture, $"this process may have {limit} files open at once, and needs at least {Least}. Raise the limit in its shell: ulimit -n 1024.")
        : null;

    /// <param name="limits">Lines as "Max open files            1024                 4096                 files".</param>
    internal static long? Of(IEnumerable<string> limits) =>
        limits.FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) is { } line
            && long.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture, out var limit) ? limit : null;
}
