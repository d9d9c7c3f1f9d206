using System.Text.Json;
using NoraPipelines.Tests.Build;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>Comparisons as processes: killed, resumed, with a variant that fails.</summary>
public sealed class CompareTests
{
    private const string Weights = "adapter/adapter_model.safetensors";

    [LinuxFact]
    public void A_comparison_killed_twice_and_resumed_ends_with_the_same_table_and_the_same_bytes()
    {
        using var program = Program();
        var whole = program.Json("compare", "sample", "--only", "nora,lora", "--output", program.In("whole"));
        Assert.Equal(["nora", "lora"], whole.EnumerateArray().Select(row => row.GetProperty("variant").GetString()));

        string[] call = ["compare", "sample", "--only", "nora,lora", "--output", program.In("cut")];
        Assert.True(program.RunUntil(() => Directory.Exists(program.In("cut/lora/1/checkpoints/step-000002")), call));
        Assert.True(File.Exists(program.In("cut/nora/1/result.json")));
        Assert.True(program.RunUntil(() => Directory.Exists(program.In("cut/nora/2/checkpoints/step-000002")), [.. call, "--resume"]));
        var done = File.GetLastWriteTimeUtc(program.In("cut/nora/1/result.json"));
        var resumed = program.Json([.. call, "--resume"]);

        Assert.Equal(Scores(whole), Scores(resumed));
        Assert.Equal(done, File.GetLastWriteTimeUtc(program.In("cut/nora/1/result.json")));
        Assert.Equal(Table(program.In("whole")), Table(program.In("cut")));
        foreach (var run in (string[])["nora/1", "lora/1", "nora/2", "lora/2"])
            Assert.Equal(File.ReadAllBytes(program.In($"whole/{run}/{Weights}")), File.ReadAllBytes(program.In($"cut/{run}/{Weights}")));

        // What ran before a variant in the same process has left no trace in it.
        program.Json("run", "sample.lora", "--seed", "2", "--output", program.In("alone"));
        Assert.Equal(File.ReadAllBytes(program.In($"alone/{Weights}")), File.ReadAllBytes(program.In($"whole/lora/2/{Weights}")));
    }

    [LinuxFact]
    public void A_variant_without_its_data_is_told_the_other_is_done_and_resume_tries_it_again()
    {
        using var program = Program();
        string[] call = ["compare", "sample", "--json", "--seeds", "1", "--only", "lost,lora", "--output", program.In("out")];

        var result = program.Run(call);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("1 of 2 runs failed", result.Error);
        Assert.DoesNotContain("   at ", result.Error);
        Assert.Contains("lost.jsonl: there is no such file", result.Json[1].GetProperty("error").GetString());
        Assert.True(result.Json[0].GetProperty("metrics").GetProperty("perplexity").GetProperty("mean").GetDouble() > 1);
        Assert.True(File.Exists(program.In("out/report.html")));

        File.Copy(program.In("train.jsonl"), program.In("lost.jsonl"));
        var again = program.Run([.. call, "--resume"]);
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.False(again.Json[1].TryGetProperty("error", out JsonElement _));
    }

    private static string Scores(JsonElement results) => string.Join("\n", results.EnumerateArray().Select(row =>
        $"{row.GetProperty("variant")} {row.GetProperty("trainable")} {row.GetProperty("metrics").GetRawText()} {row.GetProperty("loss").GetRawText()}"));

    private static string Table(string folder) => File.ReadAllText(Path.Combine(folder, "results.md")).Split("## Time")[0];

    private static TrialProgram Program() => TrialProgram.OnShippedModel(Spec);

    private const string Spec = """
        adapter: { method: nora, targets: [q_proj, v_proj], layers: { first: 2 }, outer: { rank: 8 }, inner: { rank: 4 } }
        dataset: { train: { path: train.jsonl, limit: 32 }, template: plain, max_tokens: 96 }
        training: { steps: 6, batch: 4, learning_rate: 1e-2, checkpoint: { every_steps: 2 }, seeds: [1, 2] }
        evaluation: [{ task: perplexity, path: train.jsonl, limit: 8 }]
        sweep:
          variants:
            - { name: nora }
            - { name: lora, adapter.method: lora, adapter.rank: 4 }
            - { name: lost, adapter.method: lora, adapter.rank: 4, dataset.train.path: lost.jsonl }
        """;
}
