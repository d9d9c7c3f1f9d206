namespace NoraPipelines.Tests.Runs;

public sealed class RunTests
{
    [Fact]
    public void A_run_prints_one_document_and_leaves_its_folder()
    {
        using var command = new CommandRun(new FakePipeline());

        var code = command.Run("run", "tiny", "--json", "--output", "out");

        Assert.True(code == 0, command.Error);
        var result = command.Json;
        Assert.Equal("tiny", result.GetProperty("pipeline").GetString());
        Assert.Equal(3, result.GetProperty("seed").GetInt32());
        Assert.Equal(256, result.GetProperty("trainable").GetInt64());
        Assert.Equal(12, result.GetProperty("steps").GetInt32());
        Assert.True(result.GetProperty("loss").GetProperty("last").GetDouble() < result.GetProperty("loss").GetProperty("first").GetDouble());
        Assert.Equal(30.0, result.GetProperty("evaluation").GetProperty("before").GetProperty("perplexity").GetDouble());
        Assert.Equal(20.0, result.GetProperty("evaluation").GetProperty("after").GetProperty("perplexity").GetDouble());
        Assert.True(result.GetProperty("seconds").GetProperty("total").GetDouble() >= result.GetProperty("seconds").GetProperty("train").GetDouble());
        Assert.True(result.GetProperty("tokens_per_second").GetDouble() > 0);
        Assert.Equal(Path.Combine(command.Folder, "out"), result.GetProperty("run_directory").GetString());
        foreach (var file in (string[])["plan.json", "environment.json", "metrics.jsonl", "result.json"])
            Assert.True(File.Exists(Path.Combine(command.Folder, "out", file)), file);
        Assert.Equal(12, File.ReadAllLines(Path.Combine(command.Folder, "out", "metrics.jsonl")).Length);
    }

    [Fact]
    public void A_loop_that_never_finishes_its_steps_is_stopped_at_the_second()
    {
        using var command = new CommandRun(new FakePipeline { ForgetsToFinish = true });

        Assert.Equal(1, command.Run("run", "tiny", "--output", "out"));

        Assert.Contains("A step has begun and was not finished", command.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(6)]
    public void A_run_whose_folder_is_removed_says_so_and_does_not_work_on(int step)
    {
        var pipeline = new FakePipeline();
        using var command = new CommandRun(pipeline);
        var steps = 0;
        void Remove() => Directory.Delete(command["out"], recursive: true);
        if (step == 0) pipeline.OnBegin = Remove;
        pipeline.OnStep = done =>
        {
            steps = done.Step;
            if (done.Step == step) Remove();
        };

        Assert.Equal(1, command.Run("run", "tiny", "--output", "out"));

        Assert.Contains("is gone", command.Error, StringComparison.Ordinal);
        Assert.EndsWith("The run's folder is gone, and with it everything that was saved; start the run again.", command.Error.TrimEnd(), StringComparison.Ordinal);
        Assert.InRange(steps, 0, step + 4); // 12 in all, a checkpoint every 4
    }
}
