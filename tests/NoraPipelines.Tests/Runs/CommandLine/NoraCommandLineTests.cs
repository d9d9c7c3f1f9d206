using System.Text.Json;

namespace NoraPipelines.Tests.Runs.CommandLine;

public sealed class NoraCommandLineTests
{
    [Fact]
    public void List_gives_every_pipeline_in_order()
    {
        using var command = new CommandRun(new FakePipeline("b-second"), new FakePipeline("a-first"));

        Assert.Equal(0, command.Run("list", "--json"));

        Assert.Equal(["a-first", "b-second"], command.Json.EnumerateArray().Select(row => row.GetProperty("pipeline").GetString()));
        var row = command.Json[0];
        Assert.Equal(("llama", "nora", 256), (row.GetProperty("architecture").GetString(), row.GetProperty("method").GetString(), row.GetProperty("trainable").GetInt32()));
        Assert.Equal("", command.Error);
    }

    [Fact]
    public void Plan_gives_targets_memory_and_steps_with_the_settings_applied()
    {
        using var command = new CommandRun(new FakePipeline());

        Assert.Equal(0, command.Run("plan", "tiny", "--json", "--set", "training.batch=16", "--set", "training.epochs=3"));

        var plan = command.Json;
        Assert.Equal(9, plan.GetProperty("steps").GetInt32()); // 48 rows · 3 / 16
        Assert.Equal(16 * 12, plan.GetProperty("tokens_per_step").GetInt32());
        var target = plan.GetProperty("targets")[1];
        Assert.Equal("""{"name":"v_proj","in":16,"out":8,"layers":2,"outer_rank":8,"inner_rank":4,"count":128}""", Compact(target));
        var memory = plan.GetProperty("memory");
        Assert.Equal(memory.GetProperty("peak").GetInt64(),
            memory.EnumerateObject().Where(part => part.Name != "peak").Sum(part => part.Value.GetInt64()));
        Assert.True(plan.GetProperty("evaluation_memory").GetInt64() > memory.GetProperty("runtime").GetInt64());
        Assert.Equal(100.0 * 256 / plan.GetProperty("total").GetInt64(), plan.GetProperty("percent").GetDouble(), 9);
    }

    [Fact]
    public void Without_json_plan_reads_as_text_without_escape_codes()
    {
        using var command = new CommandRun(new FakePipeline());

        Assert.Equal(0, command.Run("plan", "tiny"));

        Assert.Contains("256 of ", command.Output, StringComparison.Ordinal);
        Assert.Contains("8/4", command.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', command.Output);
    }

    [Theory]
    [InlineData(2, "did you mean 'tiny'", "plan", "tini")]
    [InlineData(2, "This program has: tiny", "run", "zzzzzzzzz")]
    [InlineData(2, "did you mean 'training.batch'", "run", "tiny", "--set", "training.bach=3")]
    [InlineData(2, "frobnicate", "frobnicate")]
    [InlineData(2, "--seed", "run", "tiny", "--seed", "x")]
    [InlineData(2, "expected key=value", "plan", "tiny", "--set", "nothing")]
    [InlineData(1, "There is no run of tiny to resume", "run", "tiny", "--resume")]
    public void Failures_are_told_on_stderr_and_as_one_document(int code, string expected, params string[] arguments)
    {
        using var command = new CommandRun(new FakePipeline());

        Assert.Equal(code, command.Run(arguments));
        Assert.Contains(expected, command.Error, StringComparison.Ordinal);
        Assert.Equal("", command.Output);

        Assert.Equal(code, command.Run([.. arguments, "--json"]));
        Assert.Contains(expected, command.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_asked_shows_the_verbs_and_is_wrong_usage()
    {
        using var command = new CommandRun(new FakePipeline());

        Assert.Equal(2, command.Run());

        Assert.Contains("list", command.Error, StringComparison.Ordinal);
        Assert.Equal("", command.Output);
    }

    [Fact]
    public void Help_is_an_answer()
    {
        using var command = new CommandRun(new FakePipeline());

        Assert.Equal(0, command.Run("run", "--help"));

        Assert.Contains("--resume", command.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_without_pipelines_says_what_to_do()
    {
        using var command = new CommandRun();

        Assert.Equal(0, command.Run("list", "--json"));
        Assert.Equal(JsonValueKind.Array, command.Json.ValueKind);
        Assert.Equal(2, command.Run("run", "x"));
        Assert.Contains("Add a <name>.nora.yaml", command.Error, StringComparison.Ordinal);
    }

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
