using NoraPipelines.Checkpoints;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>The shipped program as a user calls it.</summary>
public sealed class ProgramTests
{
    [Fact]
    public void A_run_leaves_what_the_command_line_promises()
    {
        using var program = new NoraProgram();
        var result = program.Run(program.Quickstart("run"));
        Assert.True(result.ExitCode == 0, result.Error);
        var json = result.Json;
        Assert.Equal("quickstart", json.GetProperty("pipeline").GetString());
        Assert.Equal(114_688, json.GetProperty("trainable").GetInt64());
        Assert.Equal(12, json.GetProperty("steps").GetInt32());
        Assert.True(json.GetProperty("awsvd").GetProperty("error").GetProperty("awsvd").GetDouble()
            < json.GetProperty("awsvd").GetProperty("error").GetProperty("svd").GetDouble());
        foreach (var name in (string[])["plan.json", "environment.json", "metrics.jsonl", "report.html", "result.json", "nested", "adapter"])
            Assert.True(Path.Exists(program.In("run/" + name)), name);

        using var adapter = SafetensorsFile.Open(program.In("run/adapter/adapter_model.safetensors"));
        Assert.Equal(56, adapter.Tensors.Count); // A and B of seven projections in four layers
        Assert.All(adapter.Tensors.Values, entry => Assert.Contains(32L, entry.Shape));

        var scored = program.Run("evaluate", "quickstart", "--adapter", program.In("run/adapter"), "--json", "--set", "evaluation.0.limit=8");
        Assert.True(scored.ExitCode == 0, scored.Error);
        Assert.Equal(
            json.GetProperty("evaluation").GetProperty("after").GetProperty("exact_match").GetDouble(),
            scored.Json.GetProperty("evaluation").GetProperty("exact_match").GetDouble());
    }

    [Fact]
    public void A_share_of_the_processors_gets_as_many_threads()
    {
        if (!OperatingSystem.IsLinux() || Environment.ProcessorCount == 1) return; // there is no smaller share of one
        using var program = new NoraProgram();
        (program.Environment["DOTNET_PROCESSOR_COUNT"], program.Environment["OMP_NUM_THREADS"]) = ("1", null);
        var threads = program.Run("doctor", "--json").Json.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == "threads");
        Assert.Equal("1 of 1 processors", threads.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("llama3-8b-metamath", 917_504)]
    [InlineData("mistral-7b-metamath", 917_504)]
    [InlineData("gemma-7b-metamath", 802_816)]
    public void The_papers_specs_plan_the_papers_counts(string pipeline, long trainable)
    {
        using var program = new NoraProgram();
        var plan = program.Run("plan", pipeline, "--json");
        Assert.True(plan.ExitCode == 0, plan.Error);
        Assert.Equal(trainable, plan.Json.GetProperty("trainable").GetInt64());
    }

    [Fact]
    public void A_run_without_its_weights_says_what_is_missing_and_where()
    {
        using var program = new NoraProgram();
        var result = program.Run("run", "llama3-8b-metamath", "--output", program.In("run"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("models/llama-3-8b", result.Error);
        Assert.Contains("model.source.path", result.Error);
        Assert.DoesNotContain("   at ", result.Error);
    }

    [Fact]
    public void An_unknown_pipeline_is_wrong_usage_with_the_nearest_name()
    {
        using var program = new NoraProgram();
        var result = program.Run("run", "quikstart");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("quickstart", result.Error);
    }
}
