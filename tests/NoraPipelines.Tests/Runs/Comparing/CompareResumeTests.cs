using NoraPipelines.Cli.Comparing;

namespace NoraPipelines.Tests.Runs.Comparing;

public sealed class CompareResumeTests
{
    private static readonly string[] Call = ["compare", "sweep", "--json", "--seeds", "1,2", "--output", "out"];

    [Fact]
    public void A_stopped_comparison_goes_on_to_the_same_bytes_and_tables()
    {
        var (whole, _, _) = FakeComparison.Two();
        using var _0 = whole;
        Assert.Equal(0, whole.Run(Call));

        var (command, a, b) = FakeComparison.Two();
        using var _1 = command;
        b.OnStep = step => { if (step.Step == 5 && Finished(command) == 1) command.Stop!.Request(); };
        Assert.Equal(130, command.Run(Call));
        Assert.Contains("Stopped after step 6 of 12", command.Error, StringComparison.Ordinal);
        Assert.Contains("Go on with: compare sweep --json --seeds 1,2 --output out --resume", command.Error, StringComparison.Ordinal);
        Assert.Contains("b,1,unfinished,", File.ReadAllText(command["out", "results.csv"]), StringComparison.Ordinal);

        b.OnStep = static _ => { };
        Assert.True(command.Run([.. Call, "--resume"]) == 0, command.Error);

        Assert.Equal(2, a.Initialisations);
        Assert.Equal(2, b.Initialisations); // the stopped run read its start
        Assert.Equal(Table(whole), Table(command));
        Assert.Equal(Untimed(whole), Untimed(command));
        foreach (var run in (string[])["a/1", "b/1", "b/2"])
        {
            var file = Path.Combine("checkpoints", "step-000012", "trainable.safetensors");
            Assert.Equal(File.ReadAllBytes(whole["out", run, file]), File.ReadAllBytes(command["out", run, file]));
        }
    }

    [Fact]
    public void Resume_finds_the_newest_unfinished_comparison_with_its_seeds_and_variants()
    {
        var (command, a, _) = FakeComparison.Two();
        using var _0 = command;
        a.OnStep = step => { if (step.Step == 2) command.Stop!.Request(); };
        Assert.Equal(130, command.Run("compare", "sweep", "--seeds", "5,6", "--only", "a"));
        a.OnStep = static _ => { };

        Assert.True(command.Run("compare", "sweep", "--json", "--resume") == 0, command.Error);

        Assert.Equal(1, command.Json.GetArrayLength());
        Assert.Equal([5, 6], command.Json[0].GetProperty("seeds").EnumerateArray().Select(seed => seed.GetInt32()));
        Assert.Single(Directory.GetDirectories(command["runs", "sweep"]));

        Assert.Equal(0, command.Run("compare", "sweep", "--json", "--resume")); // finished: the same answer, and nothing to do
        Assert.Equal(2, a.Initialisations);
    }

    [Fact]
    public void Another_comparison_is_refused_with_what_differs()
    {
        var (command, a, b) = FakeComparison.Two();
        using var _0 = command;
        Assert.Equal(0, command.Run([.. Call, "--set", "training.steps=1"]));

        Refused("b: training.steps: 1, now ", [.. Call, "--resume"]);
        Refused("seeds: 1, 2, now 1, 2, 3", ["compare", "sweep", "--seeds", "1,2,3", "--output", "out", "--resume", "--set", "training.steps=1"]);
        Refused("variants: a, b, now b", [.. Call, "--resume", "--only", "b", "--set", "training.steps=1"]);
        Refused("holds a comparison already", [.. Call, "--set", "training.steps=1"]);
        Refused("There is no comparison of sweep to resume", ["compare", "sweep", "--resume", "--output", "other"]);

        using var fewer = new CommandRun(a, b) { Comparisons = [new FakeComparison(FakeComparison.Variant("a", a, "svd"))] };
        Assert.Equal(1, fewer.Run("compare", "sweep", "--resume", "--output", command["out"], "--set", "training.steps=1"));
        Assert.Contains("variants: a, b, now a", fewer.Error, StringComparison.Ordinal);

        void Refused(string expected, string[] arguments)
        {
            Assert.Equal(1, command.Run(arguments));
            Assert.Contains(expected, command.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("adapter.outer.init (from --set) is fixed when the program is built", "compare", "sweep", "--set", "adapter.outer.init=svd")]
    [InlineData("training.learning_rate (from --set) is what the sweep of rates varies", "compare", "rates", "--set", "training.learning_rate=1e-3")]
    [InlineData("--only c: sweep has no variant of that name", "compare", "sweep", "--only", "c")]
    [InlineData("--seeds is '1,1'", "compare", "sweep", "--seeds", "1,1")]
    [InlineData("did you mean 'sweep'", "compare", "swep")]
    [InlineData("'sweep.a' is one pipeline", "compare", "sweep.a")]
    [InlineData("'sweep' is a sweep of 1 variants. `compare sweep` runs them all", "run", "sweep")]
    public void What_cannot_be_compared_is_wrong_usage(string expected, params string[] arguments)
    {
        var pipeline = new FakePipeline("sweep.a");
        using var command = new CommandRun(pipeline)
        {
            Comparisons =
            [
                new FakeComparison(FakeComparison.Variant("a", pipeline, "svd")),
                new RateComparison(pipeline),
            ],
        };

        Assert.Equal(2, command.Run(arguments));
        Assert.Contains(expected, command.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../out")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    public void A_variant_whose_name_is_no_folders_is_refused(string name)
    {
        var pipeline = new FakePipeline("sweep.a");
        using var command = new CommandRun(pipeline) { Comparisons = [new FakeComparison(FakeComparison.Variant(name, pipeline, "svd"))] };

        Assert.Equal(1, command.Run("compare", "sweep"));
        Assert.Contains("a name that no folder can have", command.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_processes_do_not_share_a_comparison()
    {
        var (command, _, _) = FakeComparison.Two();
        using var _0 = command;
        Directory.CreateDirectory(command["out"]);
        using var held = new FileStream(command["out", ".lock"], FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

        Assert.Equal(1, command.Run(Call));
        Assert.Contains("another process", command.Error, StringComparison.Ordinal);
    }

    private static int Finished(CommandRun command) => ComparisonResults.Read(command["out"]).Runs.Count(run => run.State == RunState.Finished);

    /// <summary>The tables of scores: what comes before the times.</summary>
    private static string Table(CommandRun command) => File.ReadAllText(command["out", "results.md"]).Split("## Time")[0];

    private static List<string> Untimed(CommandRun command)
    {
        var rows = File.ReadAllLines(command["out", "results.csv"]).Select(line => line.Split(',')).ToArray();
        var timed = rows[0].Select(name => name.StartsWith("seconds.", StringComparison.Ordinal) || name is "tokens_per_second" or "peak_memory").ToArray();
        return [.. rows.Select(row => string.Join(",", row.Where((_, column) => !timed[column])))];
    }
}
