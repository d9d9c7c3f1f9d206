using System.Text.Json;
using NoraPipelines.Tests.Runs.Comparing;

namespace NoraPipelines.Tests.Runs.CommandLine;

public sealed class DeviceOptionTests
{
    [Theory]
    [InlineData("run", "tiny")]
    [InlineData("evaluate", "tiny")]
    [InlineData("generate", "tiny", "--prompt", "x")]
    [InlineData("chat", "tiny")]
    [InlineData("merge", "tiny", "--adapter", "adapter", "--output", "merged")]
    [InlineData("compare", "rates")]
    public void Every_verb_that_computes_takes_a_device_and_begins_nothing_on_one_that_is_not_there(params string[] words)
    {
        var pipeline = new FakePipeline();
        using var command = new CommandRun(pipeline) { Comparisons = [new RateComparison(pipeline)] };

        Assert.Equal(2, command.Run([.. words, "--device", "gpu"]));
        Assert.Contains("--device is 'gpu' (did you mean 'cuda'?). Expected cpu, cuda:N", command.Error, StringComparison.Ordinal);
        Assert.Equal(1, command.Run([.. words, "--device", "cuda:0"]));
        Assert.Contains("--device is 'cuda:0', and this program was built for the CPU alone", command.Error, StringComparison.Ordinal);
        command.Variables["NORA_DEVICE"] = "";
        Assert.Equal(2, command.Run(words));
        Assert.Contains("The environment variable NORA_DEVICE is ''", command.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(command.Folder));

        Assert.Equal(0, command.Run(words[0], "--help"));
        Assert.Contains("--device <DEVICE>", command.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, null, "auto")]
    [InlineData(null, "cpu", "Computes on cpu (the environment variable NORA_DEVICE).", "the environment variable NORA_DEVICE")]
    [InlineData("cpu", "cuda:0", "Computes on cpu (--device).", "--device")]
    public void A_run_tells_and_keeps_where_it_computes_and_what_decided_it(string? typed, string? set, string? told, string source)
    {
        using var command = new CommandRun(new FakePipeline());
        if (set is not null) command.Variables["NORA_DEVICE"] = set;

        Assert.True(command.Run(["run", "tiny", "--output", "out", .. typed is null ? Array.Empty<string>() : ["--device", typed]]) == 0, command.Error);

        if (told is null) Assert.DoesNotContain("Computes on", command.Output, StringComparison.Ordinal);
        else Assert.Contains(told, command.Output, StringComparison.Ordinal);
        var environment = JsonDocument.Parse(File.ReadAllText(command["out", "environment.json"])).RootElement;
        Assert.Equal(("cpu", source), (environment.GetProperty("device").GetString(), environment.GetProperty("device_source").GetString()));
        Assert.Contains(source, File.ReadAllText(command["out", "report.html"]), StringComparison.Ordinal);
        var result = JsonDocument.Parse(File.ReadAllText(command["out", "result.json"])).RootElement;
        if (result.GetProperty("peak_memory").ValueKind == JsonValueKind.Number) Assert.Equal("process", result.GetProperty("peak_memory_source").GetString());
        Assert.False(result.TryGetProperty("peak_memory_held", out _));
        Assert.DoesNotContain("memory", File.ReadLines(command["out", "metrics.jsonl"]).First(), StringComparison.Ordinal);
    }
}
