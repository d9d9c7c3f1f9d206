using System.Security.Cryptography;
using NoraPipelines.Tests.Build;
using NoraPipelines.Tests.Models.Roberta;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>The shipped QNLI program on a small encoder.</summary>
public sealed class ClassifierTests
{
    [LinuxFact]
    public void A_classifier_learns_is_killed_goes_on_to_the_same_bytes_and_is_evaluated_from_its_folder()
    {
        using var program = new NoraProgram();
        using var model = new TinyRobertaFolder();
        string[] settings =
        [
            "--set", $"model.source.path={model.Path}", "--set", $"dataset.train.path={model.WriteRows("train.tsv", 96)}",
            "--set", $"evaluation.0.path={model.WriteRows("dev.tsv", 40)}",
        ];
        string[] run =
        [
            "run", "qnli", "--json", "--seed", "2", .. settings, "--set", "training.steps=40", "--set", "training.batch=16",
            "--set", "training.micro_batch=8", "--set", "training.learning_rate=5e-3", "--set", "training.checkpoint.every_steps=5",
        ];
        var whole = program.Run([.. run, "--output", program.In("whole")]);
        Assert.True(whole.ExitCode == 0, whole.Error);
        Assert.Equal(2 * 2 * 2 * 48 * 16, whole.Json.GetProperty("trainable").GetInt64());
        var after = whole.Json.GetProperty("evaluation").GetProperty("after").GetProperty("accuracy").GetDouble();
        Assert.True(after >= 0.9, $"accuracy {after}");

        Assert.True(program.RunUntil(() => Directory.Exists(program.In("cut/checkpoints/step-000010")), [.. run, "--output", program.In("cut")]));
        var resumed = program.Run([.. run, "--output", program.In("cut"), "--resume"]);
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        foreach (var file in (string[])["adapter/adapter_model.safetensors", "nested/modules.safetensors"])
            Assert.Equal(Hash(program.In($"whole/{file}")), Hash(program.In($"cut/{file}")));

        foreach (var folder in (string[])["whole/adapter", "cut/nested"])
        {
            var evaluated = program.Run(["evaluate", "qnli", "--json", "--adapter", program.In(folder), .. settings]);
            Assert.True(evaluated.ExitCode == 0, evaluated.Error);
            Assert.Equal(after, evaluated.Json.GetProperty("evaluation").GetProperty("accuracy").GetDouble());
        }
        var merged = program.Run(["merge", "qnli", "--adapter", program.In("whole/adapter"), "--output", program.In("merged"), .. settings]);
        Assert.True(merged.ExitCode == 0, merged.Error);
        Assert.Contains("\"0\": \"entailment\"", File.ReadAllText(program.In("merged/config.json")));
        var generated = program.Run(["generate", "qnli", "--prompt", "Is it?", .. settings]);
        Assert.Equal(1, generated.ExitCode);
        Assert.Contains("writes no text", generated.Error);
    }

    [Fact]
    public void The_papers_count_is_that_of_Table_10_and_missing_weights_are_named()
    {
        using var program = new NoraProgram();
        var plan = program.Run("plan", "qnli", "--json");
        Assert.Equal(73_728, plan.Json.GetProperty("trainable").GetInt64());
        var run = program.Run("run", "qnli", "--seed", "1", "--output", program.In("run"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("models/roberta-large: there is no such file or folder. It is model.source.path of glue/qnli.nora.yaml", run.Error);
    }

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
}
