using NoraPipelines.Training;

namespace NoraPipelines.Tests.Runs;

public sealed partial class ResumeTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(24)]
    public void A_stopped_run_goes_on_to_the_bit(int? rowTokens)
    {
        using var whole = new CommandRun(new FakePipeline { RowTokens = rowTokens });
        Assert.Equal(0, whole.Run("run", "tiny", "--json", "--output", "out"));

        var pipeline = new FakePipeline { RowTokens = rowTokens };
        using var command = new CommandRun(pipeline);
        pipeline.OnStep = step =>
        {
            if (step.Step == 5) command.Stop!.Request();
        };
        Assert.Equal(130, command.Run("run", "tiny", "--json", "--output", "out"));
        Assert.Contains("Stopped after step 6 of 12", command.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("Go on with: run tiny --json --output out --resume", command.Error, StringComparison.Ordinal);
        Assert.True(Directory.Exists(command["out", "checkpoints", "step-000006"]));

        pipeline.OnStep = static _ => { };
        Assert.True(command.Run("run", "tiny", "--json", "--output", "out", "--resume") == 0, command.Error);

        Assert.Equal(1, pipeline.Initialisations);
        Assert.Equal(2, pipeline.Evaluations); // before and after, each once
        Assert.Equal(Losses(whole["out", "metrics.jsonl"]), Losses(command["out", "metrics.jsonl"]));
        foreach (var name in (string[])["trainable.safetensors", "optimizer.safetensors"])
            Assert.Equal(File.ReadAllBytes(whole["out", "checkpoints", "step-000012", name]), File.ReadAllBytes(command["out", "checkpoints", "step-000012", name]));
        Assert.Equal(whole.Json.GetProperty("loss").GetRawText(), command.Json.GetProperty("loss").GetRawText());
    }

    [Fact]
    public void A_run_that_died_goes_on_from_its_last_checkpoint_and_its_metrics_are_cut_back()
    {
        var pipeline = new FakePipeline { OnStep = static step => { if (step.Step == 7) throw new IOException("the power went"); } };
        using var command = new CommandRun(pipeline);
        Assert.Equal(1, command.Run("run", "tiny", "--output", "out"));
        Assert.Equal(7, File.ReadAllLines(command["out", "metrics.jsonl"]).Length);

        var first = 0;
        pipeline.OnStep = step => first = first == 0 ? step.Step : first;
        Assert.Equal(0, command.Run("run", "tiny", "--output", "out", "--resume"));

        Assert.Equal(5, first); // the checkpoint is of step 4
        Assert.Equal(Enumerable.Range(1, 12), Steps(command["out", "metrics.jsonl"]).Select(step => step.Step));
    }

    [Fact]
    public void A_finished_run_prints_its_result_again_and_does_nothing()
    {
        var pipeline = new FakePipeline();
        using var command = new CommandRun(pipeline);
        Assert.Equal(0, command.Run("run", "tiny", "--json"));
        var first = command.Output;

        Assert.Equal(0, command.Run("run", "tiny", "--json", "--resume"));

        Assert.Equal(first, command.Output);
        Assert.Equal(2, pipeline.Evaluations);
    }

    [Fact]
    public void Another_plan_or_seed_is_refused_with_what_differs()
    {
        using var command = new CommandRun(new FakePipeline());
        Assert.Equal(0, command.Run("run", "tiny", "--output", "out"));

        Assert.Equal(1, command.Run("run", "tiny", "--output", "out", "--resume", "--set", "training.learning_rate=0.02"));
        Assert.Contains("training.learning_rate: 0.01, now 0.02", command.Error, StringComparison.Ordinal);

        Assert.Equal(1, command.Run("run", "tiny", "--output", "out", "--resume", "--seed", "4"));
        Assert.Contains("seed: 3, now 4", command.Error, StringComparison.Ordinal);

        Assert.Equal(1, command.Run("run", "tiny", "--output", "out"));
        Assert.Contains("holds a run already", command.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_failed_before_it_computed_anything_leaves_no_folder()
    {
        var fails = true;
        using var command = new CommandRun(new FakePipeline { OnBegin = () => { if (fails) throw new NoraException("no such file"); } });
        Assert.Equal(1, command.Run("run", "tiny", "--output", "out"));
        Assert.False(Path.Exists(command["out"]));
        fails = false;
        Assert.Equal(0, command.Run("run", "tiny", "--output", "out", "--set", "training.learning_rate=0.02"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_begins_where_a_process_was_killed_before_it_wrote_its_plan(bool resume)
    {
        using var command = new CommandRun(new FakePipeline());
        Directory.CreateDirectory(command["out"]);
        File.WriteAllText(command["out", ".lock"], "");
        File.WriteAllText(command["out", ".plan.json.0123456789abcdef0123456789abcdef.tmp"], "{");

        Assert.True(command.Run(["run", "tiny", "--output", "out", .. resume ? ["--resume"] : (string[])[]]) == 0, command.Error);
        Assert.False(File.Exists(command["out", ".plan.json.0123456789abcdef0123456789abcdef.tmp"]));
    }

    [Theory]
    [InlineData("adapter")]
    [InlineData("some.csproj")]
    public void A_run_does_not_write_among_files_of_something_else(string name)
    {
        using var command = new CommandRun(new FakePipeline());
        Directory.CreateDirectory(command["out"]);
        File.WriteAllText(command["out", "log.txt"], ""); // a shell's own redirection
        Assert.Equal(0, command.Run("run", "tiny", "--output", "out"));
        Directory.CreateDirectory(command["other"]);
        File.WriteAllText(command["other", name], "");
        Assert.Equal(1, command.Run("run", "tiny", "--output", "other"));
        Assert.Contains($"holds {name}, which no run wrote", command.Error, StringComparison.Ordinal);
        Assert.Equal(2, command.Run("run", "tiny", "--output", ""));
    }

    [Fact]
    public void Two_processes_do_not_share_a_folder()
    {
        using var command = new CommandRun(new FakePipeline());
        Directory.CreateDirectory(command["out"]);
        using (new FileStream(command["out", ".lock"], FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Equal(1, command.Run("run", "tiny", "--output", "out"));
            Assert.Contains("another process", command.Error, StringComparison.Ordinal);
        }
        Assert.Equal(0, command.Run("run", "tiny", "--output", "out"));
    }

    [Fact]
    public void Several_seeds_get_a_folder_each_and_one_document()
    {
        using var command = new CommandRun(new FakePipeline());

        Assert.Equal(0, command.Run("run", "tiny", "--json", "--output", "out", "--set", "training.seeds=1,2", "--set", "training.steps=2"));

        Assert.Equal([1, 2], command.Json.GetProperty("seeds").EnumerateArray().Select(seed => seed.GetInt32()));
        Assert.Equal(2, command.Json.GetProperty("runs").GetArrayLength());
        Assert.True(File.Exists(command["out", "seed-2", "result.json"]));
        Assert.Equal(20.0, command.Json.GetProperty("runs")[0].GetProperty("evaluation").GetProperty("after").GetProperty("perplexity").GetDouble());
    }

    [Fact]
    public void A_loss_that_is_not_finite_names_the_step_its_rows_and_the_last_good_checkpoint()
    {
        var pipeline = new FakePipeline { LossFactor = step => step == 5 ? double.NaN : 1 };
        using var command = new CommandRun(pipeline);

        Assert.Equal(1, command.Run("run", "tiny", "--json", "--output", "out"));

        var error = command.Json.GetProperty("error").GetString()!;
        Assert.StartsWith("Step 6 of 12: the loss is NaN", error, StringComparison.Ordinal);
        Assert.Contains("counted from 0, are ", error, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("checkpoints", "step-000004"), error, StringComparison.Ordinal);
        Assert.False(File.Exists(command["out", "result.json"]));
        Assert.Equal(5, File.ReadAllLines(command["out", "metrics.jsonl"]).Length);
    }

    [Fact]
    public void A_setting_that_the_program_never_reads_is_told()
    {
        using var command = new CommandRun(new FakePipeline());

        Assert.Equal(0, command.Run("run", "tiny", "--set", "calibration.samples=5", "--set", "training.steps=1"));

        Assert.Contains("calibration.samples was set, but this program never asked for it", command.Output, StringComparison.Ordinal);
    }

    /// <summary>A run that was stopped after step 6 of 12, in out/.</summary>
    private static CommandRun Stopped(FakePipeline pipeline)
    {
        var command = new CommandRun(pipeline);
        pipeline.OnStep = step =>
        {
            if (step.Step == 5) command.Stop!.Request();
        };
        Assert.Equal(130, command.Run("run", "tiny", "--output", "out"));
        pipeline.OnStep = static _ => { };
        return command;
    }

    private static void Flip(string path, Index at)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[at] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private static IEnumerable<double> Losses(string path) => Steps(path).Select(step => step.Loss);

    private static List<StepReport> Steps(string path) => [.. NoraPipelines.Runs.Progress.MetricLog.Read(path)];
}
