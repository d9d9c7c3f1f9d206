using NoraPipelines.Tests.Models.Bert;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>The shipped SST-2 programs on a small BERT.</summary>
public sealed class BertRunTests
{
    [Theory]
    [InlineData("nora", 2 * 6 * 2 * 64 * 32)] // two layers of six projections as wide as the outer rank
    [InlineData("lora", 2 * (4 * 8 * (64 + 64) + 2 * 8 * (64 + 96)))]
    public void An_adapted_classifier_learns_and_is_evaluated_from_its_folder(string variant, long trainable)
    {
        using var program = new NoraProgram();
        using var model = new TinyBertFolder();
        var run = program.Run(["run", $"sst2-minilm.{variant}", "--json", "--output", program.In("run"), .. Settings(model), .. Steps]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(trainable, run.Json.GetProperty("trainable").GetInt64());
        var after = run.Json.GetProperty("evaluation").GetProperty("after").GetProperty("accuracy").GetDouble();
        Assert.True(after >= 0.9, $"accuracy {after}");
        var evaluated = program.Run(
            ["evaluate", $"sst2-minilm.{variant}", "--json", "--adapter", program.In("run/adapter"), .. Settings(model)]);
        Assert.True(evaluated.ExitCode == 0, evaluated.Error);
        Assert.Equal(after, evaluated.Json.GetProperty("evaluation").GetProperty("accuracy").GetDouble());
    }

    [Fact]
    public void All_weights_learn_and_the_merged_folder_is_the_same_classifier()
    {
        using var program = new NoraProgram();
        using var model = new TinyBertFolder();
        var run = program.Run(["run", "sst2-minilm.full", "--json", "--output", program.In("run"), .. Settings(model), .. Steps]);
        Assert.True(run.ExitCode == 0, run.Error);
        var after = run.Json.GetProperty("evaluation").GetProperty("after").GetProperty("accuracy").GetDouble();
        Assert.True(after >= 0.9, $"accuracy {after}");
        Assert.True(File.Exists(program.In("run/merged/vocab.txt")));
        Assert.Contains("\"1\": \"positive\"", File.ReadAllText(program.In("run/merged/config.json")));
        var evaluated = program.Run(
            ["evaluate", "sst2-minilm.full", "--json", .. Settings(model), "--set", $"model.source.path={program.In("run/merged")}"]);
        Assert.True(evaluated.ExitCode == 0, evaluated.Error);
        Assert.Equal(after, evaluated.Json.GetProperty("evaluation").GetProperty("accuracy").GetDouble());
    }

    private static string[] Steps =>
    [
        "--seed", "1", "--set", "training.steps=40", "--set", "training.batch=16", "--set", "training.micro_batch=8", "--set",
        "training.learning_rate=5e-3",
    ];

    private static string[] Settings(TinyBertFolder model) =>
    [
        "--set", $"model.source.path={model.Path}", "--set", $"dataset.train.path={model.WriteRows("train.tsv", 96)}",
        "--set", $"evaluation.0.path={model.WriteRows("dev.tsv", 40)}",
    ];
}
