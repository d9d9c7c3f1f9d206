using System.Text.Json;
using NoraPipelines.Tests.Build;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>AdaLoRA, DyLoRA and a structure of NoRA's design space as processes: trained, killed, resumed, loaded back.</summary>
public sealed class ChangingRankRunTests
{
    private const string AdaLora = "{ method: adalora, targets: [q_proj, down_proj], rank: 6, budget: { target_rank: 3, initial_steps: 2, final_steps: 3, every_steps: 2 } }";
    private const string DyLora = "{ method: dylora, targets: [q_proj, down_proj], rank: 6 }";
    private const string Structure = "{ method: nora, targets: [q_proj, down_proj], outer: { rank: 12, trainable: true }, inner: { rank: 6, structure: parallel, position: w_a_and_w_b } }";

    [LinuxFact]
    public void Adalora_resumes_to_the_same_bytes_shows_its_ranks_and_scores_alike_in_both_of_its_forms()
    {
        using var program = Program(AdaLora);
        var run = RunTwice(program, files: 2); // a LoRA, and PEFT's form of AdaLoRA
        var steps = File.ReadLines(program.In("whole/metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("method")).ToArray();
        Assert.Equal(6.0, steps[0].GetProperty("mean_rank").GetDouble());
        Assert.Equal(3.0, steps[^1].GetProperty("mean_rank").GetDouble());
        Assert.True(steps[^1].GetProperty("orthogonal_penalty").GetDouble() > 0);
        using var ranks = JsonDocument.Parse(File.ReadAllText(program.In("whole/stages/ranks.json")));
        Assert.Equal(3 * 8, ranks.RootElement.EnumerateObject().Sum(pair => pair.Value.GetInt32()));
        Assert.Contains("Ranks kept", File.ReadAllText(program.In("whole/report.html")), StringComparison.Ordinal);
        foreach (var folder in (string[])["whole/adapter", "whole/method"]) Assert.Equal(After(run), Perplexity(program, folder), 1e-3);
    }

    [LinuxFact]
    public void Dylora_resumes_to_the_same_bytes_and_is_evaluated_at_any_rank_but_none_above_its_own()
    {
        using var program = Program(DyLora);
        var run = RunTwice(program, files: 1);
        var full = Perplexity(program, "whole/adapter");
        Assert.Equal(After(run), full, 1e-3);
        var small = Perplexity(program, "whole/adapter", "--set", "adapter.rank_at=2");
        Assert.NotEqual(full, small, 1e-3);

        // A run that ends at a rank exports that rank, which is what it was evaluated at.
        var cut = program.Json("run", "sample", "--output", program.In("two"), "--set", "adapter.rank_at=2");
        Assert.Equal(small, After(cut), 1e-3);
        Assert.Equal(small, Perplexity(program, "two/adapter"), 1e-3);
        Assert.Contains("the adapter there has rank 2", program.Refusal(
            "evaluate", "sample", "--adapter", program.In("two/adapter"), "--set", "adapter.rank_at=4"));
    }

    [LinuxFact]
    public void A_structure_resumes_to_the_same_bytes_and_scores_alike_nested_and_merged()
    {
        using var program = Program(Structure);
        var run = RunTwice(program, files: 3); // a LoRA, outer and inner factors
        Assert.True(After(run) < run.GetProperty("evaluation").GetProperty("before").GetProperty("perplexity").GetDouble());
        Assert.Contains("\"position\": \"w_a_and_w_b\"", File.ReadAllText(program.In("whole/plan.json")), StringComparison.Ordinal); // in the spec's words
        Assert.Equal(After(run), Perplexity(program, "whole/nested"), 1e-3);
        program.Json("merge", "sample", "--adapter", program.In("whole/nested"), "--output", program.In("merged"), "--set", "export.dtype=float32");
        var merged = program.Json("evaluate", "sample", "--set", "model.source.path=" + program.In("merged"));
        Assert.Equal(After(run), merged.GetProperty("evaluation").GetProperty("perplexity").GetDouble(), 1e-3);
    }

    /// <summary>A whole run, and one that is killed and resumed, which must leave the same bytes; the first one's result.</summary>
    private static JsonElement RunTwice(TrialProgram program, int files)
    {
        var run = program.Json("run", "sample", "--output", program.In("whole"));
        Assert.True(program.RunUntil(() => Directory.Exists(program.In("cut/checkpoints/step-000005")), "run", "sample", "--output", program.In("cut")));
        program.Json("run", "sample", "--output", program.In("cut"), "--resume");
        string[] weights = [.. Directory.GetFiles(program.In("whole"), "*.safetensors", SearchOption.AllDirectories).Where(file => !file.Contains("checkpoints"))];
        Assert.Equal(files, weights.Length);
        foreach (var file in weights) Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(file.Replace(program.In("whole"), program.In("cut"))));
        Assert.Equal(Losses(program, "whole"), Losses(program, "cut"));
        return run;
    }

    private static double After(JsonElement run) => run.GetProperty("evaluation").GetProperty("after").GetProperty("perplexity").GetDouble();

    private static TrialProgram Program(string adapter) => TrialProgram.OnShippedModel($$"""
        adapter: {{adapter}}
        dataset: { train: { path: train.jsonl, limit: 96 }, template: plain, max_tokens: 160 }
        training: { steps: 10, batch: 8, micro_batch: 4, learning_rate: 1e-2, checkpoint: { every_steps: 1 } }
        evaluation: [{ task: perplexity, path: train.jsonl, limit: 16 }]
        """);

    private static double Perplexity(TrialProgram program, string adapter, params string[] more) =>
        program.Json(["evaluate", "sample", "--adapter", program.In(adapter), .. more]).GetProperty("evaluation").GetProperty("perplexity").GetDouble();

    private static string[] Losses(TrialProgram program, string run) =>
        [.. File.ReadLines(program.In(run + "/metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("loss").GetRawText())];
}
