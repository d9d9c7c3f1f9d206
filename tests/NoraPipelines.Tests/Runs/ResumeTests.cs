using NoraPipelines.Training;

namespace NoraPipelines.Tests.Runs;

public sealed class ResumeTests
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_start_that_is_damaged_is_told_and_one_that_is_lost_is_made_again_if_it_is_the_same(bool isSame)
    {
        var pipeline = new FakePipeline { StartsBySeed = isSame };
        using var command = Stopped(pipeline);
        var start = command["out", "stages", "initialise.safetensors"];
        Flip(start, at: ^20);

        Assert.Equal(1, command.Run("run", "tiny", "--output", "out", "--resume"));
        Assert.Contains("initialise.safetensors: is damaged", command.Error, StringComparison.Ordinal);
        Assert.Contains("remove the file: --resume does that stage again", command.Error, StringComparison.Ordinal);

        File.Delete(start);
        Assert.Equal(isSame ? 0 : 1, command.Run("run", "tiny", "--output", "out", "--resume"));
        if (!isSame) Assert.Contains("made again it has other bits than the one that the checkpoint of step 6", command.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_stage_or_metric_is_told_before_anything_is_computed_and_can_be_done_without()
    {
        var pipeline = new FakePipeline();
        using var command = Stopped(pipeline);
        var (stage, metrics) = (command["out", "stages", "evaluate-before.json"], command["out", "metrics.jsonl"]);
        var whole = File.ReadAllText(stage);
        File.WriteAllText(stage, "{}");
        Assert.Equal(1, command.Run("run", "tiny", "--output", "out", "--resume"));
        Assert.Contains("evaluate-before.json: is damaged", command.Error, StringComparison.Ordinal);
        File.WriteAllText(stage, whole);

        Flip(metrics, at: 70);
        Assert.Equal(1, command.Run("run", "tiny", "--output", "out", "--resume"));
        Assert.Contains("metrics.jsonl: is damaged, up to step 6", command.Error, StringComparison.Ordinal);

        File.Delete(metrics);
        File.WriteAllText(command["out", "stages", "seconds.json"], "{");
        File.WriteAllText(command["out", "stages", "memory.json"], "");
        Assert.Equal(0, command.Run("run", "tiny", "--output", "out", "--resume"));
        Assert.Contains("the curve begins after them", command.Output, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(7, 6), Steps(metrics).Select(step => step.Step));
    }

    [Fact]
    public void What_killed_processes_left_is_gone_when_the_run_has_ended()
    {
        using var command = Stopped(new FakePipeline());
        var left = command["out", "stages", $".initialise.safetensors.{Guid.NewGuid():N}.tmp"];
        File.WriteAllText(left, "half of it");
        Assert.Equal(0, command.Run("run", "tiny", "--output", "out", "--resume"));
        Assert.False(File.Exists(left));
    }

    [Fact]
    public void The_time_of_steps_that_a_crash_lost_counts()
    {
        var pipeline = new FakePipeline { OnStep = static step => { if (step.Step == 7) throw new NoraException("the power went"); } };
        using var command = new CommandRun(pipeline);
        Assert.Equal(1, command.Run("run", "tiny", "--output", "out"));
        var path = command["out", "metrics.jsonl"];
        var lines = File.ReadAllLines(path);
        File.WriteAllLines(path, [.. lines[..6], System.Text.RegularExpressions.Regex.Replace(lines[6], "\"seconds\":[^,]+", "\"seconds\":500")]);

        pipeline.OnStep = static _ => { };
        Assert.Equal(0, command.Run("run", "tiny", "--json", "--output", "out", "--resume"));
        Assert.InRange(command.Json.GetProperty("seconds").GetProperty("train").GetDouble(), 500, double.MaxValue);
    }

    [Fact]
    public void Resume_takes_the_newest_run_of_the_same_plan_whatever_its_folder_is_called()
    {
        var pipeline = new FakePipeline { OnStep = static step => { if (step.Step == 6) throw new NoraException("enough"); } };
        using var command = new CommandRun(pipeline);
        string[] other = ["--set", "training.learning_rate=0.02"];
        foreach (var (name, more) in ((string, string[])[])[("z-oldest", []), ("m-middle", []), ("a-newest", other)])
        {
            Assert.Equal(1, command.Run(["run", "tiny", .. more]));
            var made = Directory.GetDirectories(command["runs", "tiny"]).Single(folder => char.IsDigit(Path.GetFileName(folder)[0]));
            Directory.Move(made, command["runs", "tiny", name]);
        }
        pipeline.OnBegin = static () => throw new NoraException("no such file");
        Assert.Equal(1, command.Run("run", "tiny"));
        pipeline.OnBegin = static () => { };

        Assert.Equal(1, command.Run("run", "tiny", "--resume", "--set", "training.learning_rate=0.03"));
        Assert.Contains("There is no run with this plan to resume", command.Error, StringComparison.Ordinal);
        Assert.Contains($"{command["runs", "tiny", "a-newest"]}, at step 4 (training.learning_rate: 0.02, now 0.03)", command.Error, StringComparison.Ordinal);
        Assert.Contains("--set training.learning_rate=0.02 --resume", command.Error, StringComparison.Ordinal);

        pipeline.OnStep = static _ => { };
        Assert.Equal(0, command.Run("run", "tiny", "--resume"));
        Assert.Contains("Passed over as of another plan", command.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(command["runs", "tiny", "m-middle", "result.json"]));
    }

    [Theory]
    [InlineData("program", "\"libtorch\": \"", "\"libtorch\": \"1.", "other code of the program or its libraries", "program (libtorch: 1.")]
    [InlineData("device", "\"type\": \"cpu\"", "\"type\": \"cuda\"", "another kind of device", "device (type: cuda, now cpu)")]
    public void What_a_run_was_started_with_is_held_unless_it_is_allowed_to_differ(string key, string found, string before, string told, string kept)
    {
        using var command = Stopped(new FakePipeline());
        var identity = command["out", "identity.json"];
        File.WriteAllText(identity, File.ReadAllText(identity).Replace(found, before, StringComparison.Ordinal));

        Assert.Equal(1, command.Run("run", "tiny", "--output", "out", "--resume"));
        Assert.Contains($"started with {told}", command.Error, StringComparison.Ordinal);
        Assert.Equal(0, command.Run("run", "tiny", "--output", "out", "--resume", "--allow-changed", key));
        Assert.Contains(kept, File.ReadAllText(identity), StringComparison.Ordinal);
    }

    [Fact]
    public void What_may_differ_is_a_known_key_of_a_run_that_goes_on()
    {
        using var command = Stopped(new FakePipeline());
        Assert.Equal(2, command.Run("run", "tiny", "--output", "out", "--resume", "--allow-changed", "progam"));
        Assert.Contains("did you mean 'program'", command.Error, StringComparison.Ordinal);
        Assert.Equal(2, command.Run("run", "tiny", "--output", "other", "--allow-changed", "program"));
    }

    [Fact]
    public void A_signal_before_anything_is_computed_ends_at_once_and_leaves_no_folder()
    {
        CommandRun command = null!;
        bool? left = null;
        var pipeline = new FakePipeline
        {
            OnBegin = () =>
            {
                command.Stop!.Request();
                left = Path.Exists(command["out"]);
                throw new OperationCanceledException();
            },
        };
        using (command = new CommandRun(pipeline))
        {
            command.Run("run", "tiny", "--output", "out");
            Assert.Equal((130, false), (command.Ended, left));
            Assert.Contains("Stopped; nothing was begun.", command.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_signal_in_the_last_step_is_heeded()
    {
        CommandRun command = null!;
        var pipeline = new FakePipeline();
        var isAsked = false;
        pipeline.LossFactor = step =>
        {
            if (step == 11 && !isAsked) command.Stop!.Request();
            isAsked |= step == 11;
            return 1;
        };
        using (command = new CommandRun(pipeline))
        {
            Assert.Equal(130, command.Run("run", "tiny", "--output", "out"));
            Assert.Contains("Stopped after step 12 of 12", command.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_link_in_the_runs_folder_is_not_written_through()
    {
        using var command = Stopped(new FakePipeline());
        Directory.Move(command["out", "stages"], command["elsewhere"]);
        Directory.CreateSymbolicLink(command["out", "stages"], command["elsewhere"]);

        Assert.Equal(1, command.Run("run", "tiny", "--output", "out", "--resume"));
        Assert.Contains("a run writes through none", command.Error, StringComparison.Ordinal);
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
