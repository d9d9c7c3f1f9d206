using NoraPipelines.Tests.Build;
using NoraPipelines.Tests.Models.Llama;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>Alone: other tests on its cores would make it wait for its data.</summary>
[Collection(WholeMemory.Name)]
public sealed class PlannedMemoryRunTests
{
    [LinuxFact]
    public void The_process_of_a_run_is_within_15_percent_of_its_plan_and_does_not_wait_for_its_data()
    {
        using var program = new NoraProgram();
        string[] settings = ["--set", "training.steps=60", "--set", "training.micro_batch=8", "--set", "evaluation.0.limit=100"];
        var run = program.Run(program.Quickstart("run", settings));
        Assert.True(run.ExitCode == 0, run.Error);
        var planned = program.Run(["plan", "quickstart", "--json", .. settings]).Json.GetProperty("memory").GetProperty("peak").GetInt64();
        Assert.InRange(planned / (double)run.Json.GetProperty("peak_memory").GetInt64(), 1 / 1.15, 1.15);

        var seconds = run.Json.GetProperty("seconds");
        var waited = seconds.TryGetProperty("wait_for_data", out var wait) ? wait.GetDouble() : 0;
        Assert.InRange(waited, 0, 0.05 * seconds.GetProperty("train").GetDouble()); // 1 ms on idle cores
    }
}
