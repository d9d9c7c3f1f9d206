using System.Diagnostics;
using System.Text.Json;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>What our step is measured beside counts the same operations; needs python3, and no PyTorch.</summary>
public sealed class PeerStepTests
{
    [Theory]
    [InlineData("small")]
    [InlineData("large", "--rows", "3", "--tokens", "100")]
    [InlineData("llama-7b", "--tokens", "512")]
    [InlineData("llama-3-8b", "--rows", "2", "--tokens", "4096")]
    public void The_peer_s_step_and_ours_count_the_same_operations(string preset, params string[] shape)
    {
        string[] arguments = ["--count", "--json", "--preset", preset, "--method", "lora", "dora", .. shape];
        using var benchmark = new BenchmarkProgram();
        var ours = benchmark.Run(["step", .. arguments]);
        Assert.True(ours.ExitCode == 0, ours.Error);

        var start = new ProcessStartInfo("python3") { RedirectStandardOutput = true };
        foreach (var argument in (string[])[Repository.Path("tests/NoraPipelines.Benchmarks/peers/peft_step.py"), .. arguments]) start.ArgumentList.Add(argument);
        using var peer = Process.Start(start)!;
        var output = peer.StandardOutput.ReadToEnd();
        peer.WaitForExit();

        Assert.Equal(Counts(ours.Output), Counts(output));
    }

    private static (string?, string?, double)[] Counts(string json) =>
    [
        .. JsonDocument.Parse(json).RootElement.EnumerateArray().Select(row => (
            row.GetProperty("shape").GetString(), row.GetProperty("method").GetString(), row.GetProperty("flops").GetDouble())),
    ];
}
