using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace NoraPipelines.Tests.Runs;

public sealed class ReportTests
{
    [Theory]
    [InlineData("stsb", "num_labels=1", false)]
    [InlineData("mnli", "num_labels=3", false)]
    [InlineData(null, "AutoModelForCausalLM", true)]
    [InlineData("of a later version", "AutoModelForCausalLM", true)]
    public void How_to_use_the_adapter_fits_the_model(string? task, string expected, bool served)
    {
        using var command = new CommandRun(new FakePipeline());
        Assert.Equal(0, command.Run("run", "tiny", "--output", "out"));
        CheckedFile.Edit(command["out", "plan.json"], plan => plan["plan"]!["dataset"]!["task"] = task);
        Directory.CreateDirectory(command["out", "adapter"]);
        File.WriteAllText(command["out", "adapter", "adapter_config.json"], """{ "peft_type": "LORA", "r": 8, "base_model_name_or_path": "base" }""");

        Assert.Equal(0, command.Run("report", "out"));

        var html = File.ReadAllText(command["out", "report.html"]);
        Assert.Contains(expected, html, StringComparison.Ordinal);
        Assert.Equal(served, html.Contains("--enable-lora --lora-modules", StringComparison.Ordinal)); // rank 8: vLLM's default serves
        Assert.Equal(!served, html.Contains("AutoModelForSequenceClassification", StringComparison.Ordinal));
    }

    [Fact]
    public void The_report_is_one_escaped_file_that_fetches_nothing()
    {
        using var command = new CommandRun(new FakePipeline());
        Assert.Equal(0, command.Run("run", "tiny", "--output", "out"));
        Directory.CreateDirectory(command["out", "predictions"]);
        File.WriteAllText(command["out", "predictions", "evaluate-after.gsm8k.jsonl"],
            """{"prompt":"<script>alert(1)</script>","output":"a & b","gold":"7","verdict":"wrong"}""" + "\n{\"cut");

        Assert.Equal(0, command.Run("report", "out", "--json"));

        var html = File.ReadAllText(command.Json.GetProperty("report").GetString()!);
        Assert.Contains("a &lt;tiny&gt; model &amp; nothing else", html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex("(src|href)=|url\\(|@import"), html);
        Assert.Contains("Output error of q_proj over layers", html, StringComparison.Ordinal);
        Assert.Contains("Training loss over steps", html, StringComparison.Ordinal);
        Assert.Contains("perplexity", html, StringComparison.Ordinal);
        foreach (Match svg in Regex.Matches(html, "<svg.*?</svg>", RegexOptions.Singleline))
            Assert.DoesNotContain("NaN", XElement.Parse(svg.Value).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metrics.jsonl")]
    [InlineData("result.json")]
    [InlineData("plan.json")]
    [InlineData("environment.json")]
    public void A_report_shows_no_damaged_number(string name)
    {
        using var command = new CommandRun(new FakePipeline());
        Assert.Equal(0, command.Run("run", "tiny", "--output", "out"));
        var whole = File.ReadAllText(command["out", name]);
        var digit = whole.LastIndexOfAny("012345678".ToCharArray());
        File.WriteAllText(command["out", name], whole[..digit] + (char)(whole[digit] + 1) + whole[(digit + 1)..]);

        Assert.Equal(1, command.Run("report", "out"));
        Assert.Contains($"{command["out", name]}: is damaged", command.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unfinished_run_has_a_report_too()
    {
        using var command = new CommandRun(new FakePipeline { OnStep = static step => { if (step.Step == 3) throw new IOException("gone"); } });
        Assert.Equal(1, command.Run("run", "tiny", "--output", "out"));

        Assert.Equal(0, command.Run("report", "out"));

        Assert.Contains("not finished: step 3 of 12", File.ReadAllText(command["out", "report.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_run_is_refused()
    {
        using var command = new CommandRun();

        Assert.Equal(1, command.Run("report", "nowhere"));
        Assert.Contains("no such folder", command.Error, StringComparison.Ordinal);

        Directory.CreateDirectory(command["broken"]);
        File.WriteAllText(command["broken", "plan.json"], "{ \"pipeline\": 3 }");
        Assert.Equal(1, command.Run("report", "broken"));
        Assert.Contains("plan.json", command.Error, StringComparison.Ordinal);
    }
}
