using NoraPipelines.Tests.Build;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>Memory of real processes; Linux tells it.</summary>
public sealed class MemoryRunTests
{
    [LinuxFact]
    public void Three_hundred_steps_take_no_more_memory_than_a_hundred()
    {
        using var program = new NoraProgram();
        var metrics = program.In("run/metrics.jsonl");
        long hundredth = 0, last = 0;
        program.RunUntil(
            process =>
            {
                var steps = Lines(metrics);
                if (steps < 100) return false;
                last = Resident(process) ?? last;
                if (hundredth == 0) hundredth = last;
                return steps >= 400;
            },
            program.Quickstart("run", "--set", "training.steps=500", "--set", "training.checkpoint.every_steps=1000"));
        Assert.InRange(hundredth, 1, long.MaxValue);
        Assert.InRange(last, 1, hundredth + hundredth / 20); // 55 KB a step would be more
    }

    [LinuxFact]
    public void The_plan_of_every_shape_and_method_is_at_most_15_percent_above_what_a_step_or_a_generation_holds_and_never_below()
    {
        using var benchmark = new BenchmarkProgram();
        var result = benchmark.Run("memory", "--shape", "small", "grouped", "--json");
        Assert.True(result.ExitCode == 0, result.Error);
        var rows = result.Json.EnumerateArray().ToArray();
        Assert.Equal(16, rows.Length);
        Assert.All(rows, row => Assert.InRange(row.GetProperty("ratio").GetDouble(), 1.0, 1.15));
    }

    private static int Lines(string path)
    {
        try
        {
            return File.ReadLines(path).Count();
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static long? Resident(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null ? null : long.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
