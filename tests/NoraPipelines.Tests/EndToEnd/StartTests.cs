using NoraPipelines.Tests.Build;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>Runs that go on from what another run trained.</summary>
public sealed class StartTests
{
    [LinuxTheory]
    [InlineData("adapter: { method: nora, targets: [q_proj, down_proj], outer: { rank: 16 }, inner: { rank: 8 } START }")]
    [InlineData("adapter: { method: lora, targets: [q_proj, down_proj], rank: 4, alpha: 8 START }")]
    public void A_run_begins_with_the_function_that_another_ended_with_and_a_killed_one_too(string adapter)
    {
        using var first = Program(adapter.Replace("START", ""));
        var trained = Perplexity(first.Json("run", "sample", "--output", first.In("run")), "after");
        using var second = Program(adapter.Replace("START", ", start: { path: run }"));
        string[] run = ["run", "sample", "--output", second.In("run"), "--set", $"adapter.start.path={first.In("run")}", "--set", "training.learning_rate=1e-9", "--set", "training.steps=4"];

        Assert.True(second.RunUntil(() => File.Exists(second.In("run/stages/initialise.json")), run));
        var result = second.Json([.. run, "--resume"]);

        Assert.NotEqual(trained, Perplexity(result, "before"), 1e-3);
        Assert.Equal(trained, Perplexity(result, "after"), 1e-4 * trained);
        Assert.Contains(first.In("run"), File.ReadAllText(second.In("run/plan.json")));
    }

    private static double Perplexity(System.Text.Json.JsonElement result, string when) =>
        result.GetProperty("evaluation").GetProperty(when).GetProperty("perplexity").GetDouble();

    private static TrialProgram Program(string adapter) => TrialProgram.OnShippedModel($$"""
        {{adapter}}
        dataset: { train: { path: train.jsonl, limit: 64 }, template: plain, max_tokens: 96 }
        training: { steps: 8, batch: 8, learning_rate: 1e-2 }
        evaluation: [{ task: perplexity, path: train.jsonl, limit: 32 }]
        """);
}
