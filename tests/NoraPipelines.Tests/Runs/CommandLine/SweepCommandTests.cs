using NoraPipelines.Tests.Runs.Comparing;

namespace NoraPipelines.Tests.Runs.CommandLine;

/// <summary>`list`, `plan` and `run` of a program that has a sweep beside a pipeline.</summary>
public sealed class SweepCommandTests
{
    [Fact]
    public void List_has_one_line_for_a_sweep_and_one_for_a_pipeline()
    {
        using var command = Program();

        Assert.Equal(0, command.Run("list"));

        Assert.Contains("sweep (2 variants)", command.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("sweep.b", command.Output, StringComparison.Ordinal);
        Assert.Contains("`compare sweep` runs them all", command.Output, StringComparison.Ordinal);
        Assert.Contains("`run tiny` does it", command.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void List_in_json_has_every_variant_with_the_name_of_its_sweep()
    {
        using var command = Program();

        Assert.Equal(0, command.Run("list", "--json"));

        Assert.Equal([("sweep.a", "sweep"), ("sweep.b", "sweep"), ("tiny", null)],
            command.Json.EnumerateArray().Select(row => (row.GetProperty("pipeline").GetString()!, row.GetProperty("sweep").GetString())));
    }

    [Fact]
    public void Plan_of_a_sweep_shows_every_variant_what_it_changes_and_how_many_runs_there_will_be()
    {
        using var command = Program();

        Assert.Equal(0, command.Run("plan", "sweep", "--set", "training.batch=16", "--set", "training.seeds=4,5,6"));

        Assert.Contains("2 variants, 3 seeds each: 6 runs", command.Output, StringComparison.Ordinal);
        Assert.Contains("adapter.outer.init awsvd", command.Output, StringComparison.Ordinal);
        Assert.Contains("training.batch = 16", command.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_of_a_sweep_in_json_has_each_variants_plan()
    {
        using var command = Program();

        Assert.Equal(0, command.Run("plan", "sweep", "--json", "--set", "training.batch=16"));

        var variants = command.Json.GetProperty("variants");
        Assert.Equal(["a", "b"], variants.EnumerateArray().Select(variant => variant.GetProperty("variant").GetString()));
        Assert.Equal("svd", variants[0].GetProperty("values").GetProperty("adapter.outer.init").GetString());
        Assert.Equal(16 * 12, variants[1].GetProperty("plan").GetProperty("tokens_per_step").GetInt32());
        Assert.Equal(256, variants[1].GetProperty("plan").GetProperty("trainable").GetInt32());
    }

    [Fact]
    public void One_variant_is_planned_and_run_by_its_own_name()
    {
        using var command = Program();

        Assert.Equal(0, command.Run("plan", "sweep.b", "--json"));
        Assert.Equal("sweep.b", command.Json.GetProperty("pipeline").GetString());
        Assert.Equal(0, command.Run("run", "sweep.b", "--json", "--seed", "2"));
        Assert.Equal(16, command.Json.GetProperty("evaluation").GetProperty("after").GetProperty("perplexity").GetDouble(), 9);
    }

    [Fact]
    public void A_sweep_is_not_run_as_one_pipeline_and_a_setting_that_it_varies_is_refused()
    {
        using var command = Program();

        Assert.Equal(2, command.Run("run", "sweep"));
        Assert.Contains("`compare sweep` runs them all, `plan sweep` shows them", command.Error, StringComparison.Ordinal);
        Assert.Contains("sweep.a, sweep.b", command.Error, StringComparison.Ordinal);
        Assert.Equal(2, command.Run("plan", "sweep", "--set", "adapter.outer.init=random"));
    }

    private static CommandRun Program()
    {
        var (a, b) = (new FakePipeline("sweep.a"), new FakePipeline("sweep.b") { Perplexity = seed => 10 + 3 * seed });
        return new CommandRun(a, b, new FakePipeline())
        {
            Comparisons = [new FakeComparison(FakeComparison.Variant("a", a, "svd"), FakeComparison.Variant("b", b, "awsvd"))],
        };
    }
}
