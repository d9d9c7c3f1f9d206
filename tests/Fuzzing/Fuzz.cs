using System.Globalization;

namespace NoraPipelines.Tests.Fuzzing;

/// <summary>
/// Gives a reader changed files: whatever comes, it answers, or refuses in a sentence of its own, within a limit of time and memory. The
/// n-th file of a driver is the same in every run. NORA_FUZZ is the number of files of each driver.
/// </summary>
internal static class Fuzz
{
    public const string Variable = "NORA_FUZZ";

    // Far above what a file takes (some milliseconds), so that a busy machine is no failure.
    private static readonly TimeSpan LongestFile = TimeSpan.FromSeconds(30);
    private const long MostAllocated = 1L << 30;

    /// <param name="usual">Files in the suite.</param>
    /// <param name="read">Throws what a refusal is, or anything where the reader fails.</param>
    /// <param name="isRefusal">Whether an exception is a sentence for the user.</param>
    public static void Run(int usual, IReadOnlyList<byte[]> examples, Action<byte[]> read, Func<Exception, bool> isRefusal)
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var asked) ? asked : usual;
        var (current, began, failure, refused) = (Array.Empty<byte>(), 0L, (string?)null, 0);
        // A thread of its own, of the stack that the main thread of a process has.
        var worker = new Thread(() =>
        {
            for (var number = 0; number < count && failure is null; number++)
            {
                var random = new Random(number);
                var file = Mutations.Of(examples[random.Next(examples.Count)], examples[random.Next(examples.Count)], random);
                current = file;
                Volatile.Write(ref began, Environment.TickCount64);
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    read(file);
                }
                catch (Exception refusal) when (isRefusal(refusal))
                {
                    refused++;
                    if (refusal.Message.Length == 0) failure = Told(number, file, "a refusal without a word");
                }
                catch (Exception broken)
                {
                    failure = Told(number, file, broken.ToString());
                }
                if (GC.GetAllocatedBytesForCurrentThread() - before is > MostAllocated and var bytes)
                    failure ??= Told(number, file, $"{bytes:N0} bytes of memory were taken");
            }
        }, 8 << 20)
        { IsBackground = true };
        worker.Start();
        Volatile.Write(ref began, Environment.TickCount64);
        while (!worker.Join(200))
        {
            if (Environment.TickCount64 - Volatile.Read(ref began) > LongestFile.TotalMilliseconds)
            {
                failure = Told(-1, current, $"it was read for more than {LongestFile.TotalSeconds} seconds");
                break;
            }
        }
        Assert.True(failure is null, failure);
        Assert.True(refused > 0 && refused < count, $"{refused} of {count} files were refused: the examples or the changes say nothing");
    }

    private static string Told(int number, byte[] file, string problem)
    {
        var path = Path.Combine(Path.GetTempPath(), $"nora-fuzz-{Guid.NewGuid():N}");
        File.WriteAllBytes(path, file);
        return $"File {number}, kept as {path}: {problem}";
    }
}
