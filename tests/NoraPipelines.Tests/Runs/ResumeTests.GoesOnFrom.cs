namespace NoraPipelines.Tests.Runs;

/// <summary>What a run goes on from: files as they were written, the same identity, and signals that were heeded.</summary>
public sealed partial class ResumeTests
{
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
    [InlineData("program", "libtorch", "1.0", "other code of the program or its libraries", "program (libtorch: 1.0, now ")]
    [InlineData("device", "type", "cuda", "another kind of device", "device (type: cuda, now cpu)")]
    public void What_a_run_was_started_with_is_held_unless_it_is_allowed_to_differ(string key, string part, string before, string told, string kept)
    {
        using var command = Stopped(new FakePipeline());
        var identity = command["out", "identity.json"];
        CheckedFile.Edit(identity, content => content["marks"]![key]![part] = before);

        Assert.Equal(1, command.Run("run", "tiny", "--output", "out", "--resume"));
        Assert.Contains($"started with {told}", command.Error, StringComparison.Ordinal);
        Assert.Equal(0, command.Run("run", "tiny", "--output", "out", "--resume", "--allow-changed", key));
        Assert.Contains(kept, File.ReadAllText(identity), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("identity.json")]
    [InlineData("plan.json")]
    public void A_bit_that_flipped_in_what_a_run_is_held_against_is_found_wherever_it_is(string name)
    {
        using var command = Stopped(new FakePipeline());
        var path = command["out", name];
        var whole = File.ReadAllBytes(path);
        foreach (var place in Enumerable.Range(0, 40).Select(part => part * (whole.Length - 1) / 39))
        {
            Flip(path, place);
            Assert.Equal(1, command.Run("run", "tiny", "--output", "out", "--resume"));
            Assert.Contains($"{path}: ", command.Error, StringComparison.Ordinal);
            Assert.Contains("Put a copy of the file back, or start a new run.", command.Error, StringComparison.Ordinal);
            File.WriteAllBytes(path, whole);
        }
        Assert.Equal(0, command.Run("run", "tiny", "--output", "out", "--resume"));
    }

    [Theory]
    [InlineData("plan.json")]
    [InlineData("identity.json")]
    [InlineData("environment.json")]
    [InlineData("metrics.jsonl")]
    [InlineData(".lock")]
    public void A_folder_where_a_file_of_the_run_belongs_is_told(string name)
    {
        using var command = Stopped(new FakePipeline());
        File.Delete(command["out", name]);
        Directory.CreateDirectory(command["out", name]);
        Assert.Equal(1, command.Run("run", "tiny", "--output", "out", "--resume"));
        Assert.Contains($"{command["out", name]}: is a folder, expected a file", command.Error, StringComparison.Ordinal);
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
}
