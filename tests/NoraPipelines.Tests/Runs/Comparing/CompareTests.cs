using System.Text.Json;

namespace NoraPipelines.Tests.Runs.Comparing;

public sealed class CompareTests
{
    [Fact]
    public void Every_variant_runs_with_every_seed_and_seeds_are_the_outer_loop()
    {
        var order = new List<string>();
        var (command, _, _) = FakeComparison.Two(step => { if (step.Step == 1) order.Add("a"); }, step => { if (step.Step == 1) order.Add("b"); });
        using var _0 = command;

        Assert.True(command.Run("compare", "sweep", "--json", "--seeds", "1,2,4", "--output", "out", "--set", "training.steps=2") == 0, command.Error);

        Assert.Equal(["a", "b", "a", "b", "a", "b"], order);
        foreach (var (variant, seed) in (ReadOnlySpan<(string, string)>)[("a", "1"), ("b", "2"), ("b", "4")])
            foreach (var file in (string[])["plan.json", "metrics.jsonl", "result.json", "report.html"]) Assert.True(File.Exists(command["out", variant, seed, file]), file);
        Assert.Equal(["a", "b"], command.Json.EnumerateArray().Select(row => row.GetProperty("variant").GetString()));
        var b = command.Json[1];
        Assert.Equal("[1,2,4]", Compact(b.GetProperty("seeds")));
        Assert.Equal(256, b.GetProperty("trainable").GetInt64());
        var perplexity = b.GetProperty("metrics").GetProperty("perplexity"); // 13, 16, 22
        Assert.Equal(17, perplexity.GetProperty("mean").GetDouble(), 12);
        Assert.Equal(Math.Sqrt((16 + 1 + 25) / 2.0), perplexity.GetProperty("deviation").GetDouble(), 12);
        Assert.True(b.GetProperty("tokens_per_second").GetDouble() > 0);
        Assert.False(b.TryGetProperty("error", out JsonElement _));
    }

    [Fact]
    public void The_tables_have_a_row_a_run_and_mark_the_best()
    {
        var (command, _, _) = FakeComparison.Two();
        using var _0 = command;

        Assert.Equal(0, command.Run("compare", "sweep", "--seeds", "1,2", "--output", "out", "--set", "training.steps=2"));

        var rows = File.ReadAllText(command["out", "results.csv"]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("variant,seed,status,adapter.outer.init,trainable,perplexity,before.perplexity,steps,loss.first,loss.last,error.random", rows[0], StringComparison.Ordinal);
        Assert.Equal(5, rows.Length);
        Assert.StartsWith("a,1,finished,svd,256,21,30,2,", rows[1], StringComparison.Ordinal);
        Assert.StartsWith("b,2,finished,\"awsvd \"\"best\"\"\",256,16,30,2,", rows[4], StringComparison.Ordinal);
        var markdown = File.ReadAllText(command["out", "results.md"]);
        Assert.Contains("| a | 256 | 2 | 21.50 ± 0.7071 |", markdown, StringComparison.Ordinal);
        Assert.Contains("| b | 256 | 2 | **14.50 ± 2.121** |", markdown, StringComparison.Ordinal);
        Assert.Contains("| (before training) |  |  | 30.00 | – |", markdown, StringComparison.Ordinal);
        Assert.Contains("14.50 ± 2.121 *", command.Output, StringComparison.Ordinal);
        Assert.Contains("Run 3 of 4: a, seed 2; about ", command.Output, StringComparison.Ordinal);
        Assert.Contains(command["out", "report.html"], command.Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(File.ReadAllText(command["out", "results.json"]));
        Assert.True(json.RootElement.GetProperty("finished").GetBoolean());
        Assert.Equal(4, json.RootElement.GetProperty("runs").GetArrayLength());
    }

    [Fact]
    public void One_seed_has_no_deviation()
    {
        var (command, _, _) = FakeComparison.Two();
        using var _0 = command;

        Assert.Equal(0, command.Run("compare", "sweep", "--json", "--only", "b", "--set", "training.steps=1"));

        Assert.Equal(1, command.Json.GetArrayLength());
        Assert.Equal("[3]", Compact(command.Json[0].GetProperty("seeds"))); // the spec's
        Assert.Equal(JsonValueKind.Null, command.Json[0].GetProperty("metrics").GetProperty("perplexity").GetProperty("deviation").ValueKind);
        var folder = Assert.Single(Directory.GetDirectories(command["runs", "sweep"]));
        Assert.DoesNotContain("±", File.ReadAllText(Path.Combine(folder, "results.md")).Split('\n').First(line => line.StartsWith("| b", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_failed_variant_does_not_end_the_others_and_is_tried_again_on_resume()
    {
        var broken = true;
        var (command, a, b) = FakeComparison.Two(first: step => { if (broken && step.Step == 2) throw new NoraException("no | luck"); });
        using var _0 = command;

        Assert.Equal(1, command.Run("compare", "sweep", "--json", "--seeds", "1,2", "--output", "out", "--set", "training.steps=3"));

        Assert.Contains("2 of 4 runs failed", command.Error, StringComparison.Ordinal);
        Assert.Equal("Seed 1: no | luck Seed 2: no | luck", command.Json[0].GetProperty("error").GetString());
        Assert.Equal("[]", Compact(command.Json[0].GetProperty("seeds")));
        Assert.Equal("[1,2]", Compact(command.Json[1].GetProperty("seeds")));
        Assert.Contains("| a | 256 | 0 of 2, 2 failed | failed |", File.ReadAllText(command["out", "results.md"]), StringComparison.Ordinal);
        Assert.Contains("| a | 1 | no \\| luck |", File.ReadAllText(command["out", "results.md"]), StringComparison.Ordinal);
        Assert.Contains("a,1,failed,", File.ReadAllText(command["out", "results.csv"]), StringComparison.Ordinal);

        broken = false;
        var starts = b.Initialisations;
        Assert.True(command.Run("compare", "sweep", "--json", "--seeds", "1,2", "--output", "out", "--set", "training.steps=3", "--resume") == 0, command.Error);

        Assert.Equal(starts, b.Initialisations); // finished runs are not done again
        Assert.Equal(2, a.Initialisations); // and the failed ones went on
        Assert.Equal("[1,2]", Compact(command.Json[0].GetProperty("seeds")));
        Assert.DoesNotContain("failed", File.ReadAllText(command["out", "results.csv"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_is_not_finite_is_a_failure_of_its_run_alone()
    {
        var (command, a, _) = FakeComparison.Two();
        using var _0 = command;
        a.LossFactor = static step => step == 1 ? double.NaN : 1;

        Assert.Equal(1, command.Run("compare", "sweep", "--json", "--set", "training.steps=3"));

        Assert.StartsWith("Seed 3: Step 2 of 3: the loss is NaN", command.Json[0].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(19, command.Json[1].GetProperty("metrics").GetProperty("perplexity").GetProperty("mean").GetDouble());
    }

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
