using NoraPipelines.Cli.Preflight;
using NoraPipelines.Interop;
using NoraPipelines.Plans;
using NoraPipelines.Runs;
using NoraPipelines.Runs.Settings;
using NoraPipelines.Tests.Checkpoints;

namespace NoraPipelines.Tests.Runs.Preflight;

public sealed class RunPreflightTests
{
    [Fact]
    public void Everything_that_is_missing_is_told_at_once()
    {
        using var folder = new TemporaryFolder();
        var plan = Plan(folder["none.jsonl"], folder["also-none.jsonl"]);
        plan = plan with
        {
            Model = plan.Model with { Source = new ModelSource.Folder(folder["weights"]) },
            Adapter = ((NoraPlan)plan.Adapter) with { Start = folder["adapter"] },
        };

        var problem = Assert.Throws<NoraException>(() => Check(folder, plan, memory: 1_000_000));

        foreach (var expected in (string[])["5 things are in the way", "weights", "adapter.start.path", "dataset.train.path", "evaluation.0.path", "1.00 MB"])
            Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("""{"prompt":"a","response":"b"}""", null)]
    [InlineData("""{"promt":"a","response":"b"}""", "the columns `promt`, `response` are not known")]
    [InlineData("", "there is no row in the file")]
    [InlineData("{", "not valid JSON")]
    public void The_first_row_of_every_data_set_is_looked_at(string row, string? expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["train.jsonl"], """{"prompt":"a","response":"b"}""" + "\n");
        File.WriteAllText(folder["test.jsonl"], row + "\n");
        var plan = Plan(folder["train.jsonl"], folder["test.jsonl"]);

        var problem = Record.Exception(() => Check(folder, plan));

        if (expected is null) Assert.Null(problem);
        else Assert.Contains(expected, Assert.IsType<NoraException>(problem).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_cannot_begin_leaves_no_folder()
    {
        using var command = new CommandRun(new FakePipeline()) { MemoryLimit = 100_000_000 };
        Assert.Equal(1, command.Run("run", "tiny", "--output", "out"));
        Assert.Contains("of memory, and this process may have 100 MB", command.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(command["out"]));
    }

    [Theory]
    [InlineData(10_000, 10_000, "and cuda:1 has 10.0 kB", null)]
    [InlineData(80_000_000_000, 10_000, null, "10.0 kB of cuda:1 are free now")]
    [InlineData(80_000_000_000, 79_000_000_000, null, null)]
    public void On_a_card_its_memory_counts_and_not_the_machine_s(long total, long free, string? problem, string? warning)
    {
        using var folder = new TemporaryFolder();
        var plan = new FakePipeline().Plan;
        List<string> warned = [];

        var problems = MachinePreflight.Check(
            plan, PlanSummary.Of(plan), RunDirectory.At(folder["run"]), memory: 1, new ChosenDevice(1, Devices.Auto), new CardMemory(total, free), warned.Add).ToArray();

        Assert.Equal(problem is null ? 0 : 1, problems.Length);
        if (problem is not null) Assert.Contains(problem, problems[0], StringComparison.Ordinal);
        Assert.Equal(warning is null ? 0 : 1, warned.Count);
        if (warning is not null) Assert.Contains(warning, warned[0], StringComparison.Ordinal);
    }

    private static PipelinePlan Plan(string train, string test)
    {
        var plan = new FakePipeline().Plan;
        return plan with
        {
            Dataset = plan.Dataset with { Train = new DataSourcePlan { Path = train, Limit = 48 } },
            Evaluation = EquatableArray.Of(plan.Evaluation[0] with { Data = new DataSourcePlan { Path = test } }),
        };
    }

    private static void Check(TemporaryFolder folder, PipelinePlan plan, long memory = long.MaxValue)
    {
        var settings = RunSettings.Apply(plan, "tiny.nora.yaml", folder.Path, []);
        RunPreflight.Check(new FakePipeline(), settings, PlanSummary.Of(plan), RunDirectory.At(folder["run"]), memory, new ChosenDevice(null, Devices.Auto), static _ => { });
    }
}
