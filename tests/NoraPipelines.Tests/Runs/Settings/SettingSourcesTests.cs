using NoraPipelines.Cli.Settings;
using NoraPipelines.Runs.Settings;
using NoraPipelines.Tests.Checkpoints;

namespace NoraPipelines.Tests.Runs.Settings;

public sealed class SettingSourcesTests
{
    [Fact]
    public void The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[SettingSources.FileName], """{ "training": { "batch": 1, "micro_batch": 1, "learning_rate": 1e-3 } }""");

        var found = Read(folder, new() { ["NORA_training__batch"] = "2", ["NORA_training__micro_batch"] = "2" }, "training.batch=4");

        Assert.Equal("4", found["training.batch"].Value);
        Assert.Equal("2", found["training.micro_batch"].Value);
        Assert.Equal("1e-3", found["training.learning_rate"].Value);
        Assert.Equal("--set", found["training.batch"].Source);
        Assert.Equal("the environment variable NORA_training__micro_batch", found["training.micro_batch"].Source);
        Assert.Equal(folder[SettingSources.FileName], found["training.learning_rate"].Source);
    }

    [Fact]
    public void Arrays_and_nulls_and_comments_of_the_file_are_understood()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[SettingSources.FileName],
            """{ /* mine */ "training": { "seeds": [3, 5], "clip_norm": null }, "evaluation": [ { "path": "a.jsonl" } ], "dataset.train.limit": 5 }""");

        var found = Read(folder, []);

        Assert.Equal("[3,5]", found["training.seeds"].Value);
        Assert.Equal("none", found["training.clip_norm"].Value);
        Assert.Equal("a.jsonl", found["evaluation.0.path"].Value);
        Assert.Equal("5", found["dataset.train.limit"].Value);
    }

    [Fact]
    public void Variables_that_are_no_settings_are_left_alone()
    {
        using var folder = new TemporaryFolder();

        var found = Read(folder, new()
        {
            ["NORA_SHARED"] = "x",
            ["NORA_LIBTORCH"] = "x",
            ["NORA_ACCEPT"] = "1",
            ["PATH"] = "x",
            ["nora_TRAINING__BATCH"] = "4",
        });

        Assert.Equal(["TRAINING.BATCH"], found.Keys);
    }

    [Theory]
    [InlineData("NORA_", "")]
    [InlineData("NORA_training", "training")]
    [InlineData("NORA_trainin__steps", "trainin.steps")]
    [InlineData("NORA_training_steps", "training_steps")]
    [InlineData("NORA_training.steps", "training.steps")]
    [InlineData("NORA__training__steps", "_training.steps")] // a key that there is not, which the run refuses
    public void A_variable_that_looks_like_a_key_is_never_passed_over(string name, string key)
    {
        using var folder = new TemporaryFolder();
        Assert.Equal([key], Read(folder, new() { [name] = "5" }).Keys);
    }

    [Theory]
    [InlineData("{ \"training\": ")]
    [InlineData("[1, 2]")]
    [InlineData("")]
    public void A_broken_file_is_refused_by_its_name(string content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder[SettingSources.FileName], content);

        var problem = Assert.Throws<NoraException>(() => Read(folder, []));

        Assert.Contains(folder[SettingSources.FileName], problem.Message, StringComparison.Ordinal);
        Assert.Contains("Expected one JSON object of settings", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_the_files_name_is_not_passed_over()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder[SettingSources.FileName]);

        Assert.Contains("is a folder, expected a file", Assert.Throws<NoraException>(() => Read(folder, [])).Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, SettingValue> Read(TemporaryFolder folder, Dictionary<string, string> variables, params string[] assignments) =>
        SettingSources.Read(folder.Path, variables, assignments).ToDictionary(value => value.Key);
}
