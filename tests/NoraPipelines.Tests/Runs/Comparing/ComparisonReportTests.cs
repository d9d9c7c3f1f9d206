using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace NoraPipelines.Tests.Runs.Comparing;

public sealed class ComparisonReportTests
{
    [Fact]
    public void The_report_is_one_escaped_file_with_every_chart_and_fetches_nothing()
    {
        var (command, _, _) = FakeComparison.Two();
        using var _0 = command;
        Assert.Equal(0, command.Run("compare", "sweep", "--seeds", "1,2", "--output", "out"));
        File.Delete(command["out", "report.html"]);
        File.Delete(command["out", "results.md"]);

        Assert.Equal(0, command.Run("report", "out", "--json"));

        Assert.True(command.Json.GetProperty("finished").GetBoolean());
        Assert.True(File.Exists(command["out", "results.md"]));
        var html = File.ReadAllText(command.Json.GetProperty("report").GetString()!);
        Assert.Contains("a &lt;sweep&gt; &amp; nothing else", html, StringComparison.Ordinal);
        Assert.Contains("<b>14.50 &#177; 2.121</b>", html, StringComparison.Ordinal);
        Assert.Contains("Training loss of each variant over steps", html, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(html, "<polygon class=\"area "));
        Assert.Contains("Output errors of the projections of a, b", html, StringComparison.Ordinal);
        Assert.Contains("perplexity of each variant", html, StringComparison.Ordinal);
        Assert.Contains("Tokens a second in training", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex("(src|href)=|url\\(|@import"), html);
        AssertWellFormed(html);
    }

    [Fact]
    public void A_half_finished_comparison_has_a_report_too()
    {
        var (command, _, _) = FakeComparison.Two(second: static step => { if (step.Step == 3) throw new IOException("<gone>"); });
        using var _0 = command;
        Assert.Equal(1, command.Run("compare", "sweep", "--output", "out"));

        var html = File.ReadAllText(command["out", "report.html"]);
        Assert.Contains("1 of 2 runs finished", html, StringComparison.Ordinal);
        Assert.Contains("&lt;gone&gt;", html, StringComparison.Ordinal);
        AssertWellFormed(html);
    }

    [Fact]
    public void Nothing_finished_is_a_report_of_nothing()
    {
        var (command, _, _) = FakeComparison.Two(static _ => throw new IOException("a"), static _ => throw new IOException("b"));
        using var _0 = command;
        Assert.Equal(1, command.Run("compare", "sweep", "--json", "--output", "out"));

        Assert.Equal("{}", command.Json[0].GetProperty("metrics").GetRawText());
        AssertWellFormed(File.ReadAllText(command["out", "report.html"]));
    }

    private static void AssertWellFormed(string html)
    {
        foreach (Match svg in Regex.Matches(html, "<svg.*?</svg>", RegexOptions.Singleline))
            Assert.DoesNotContain("NaN", XElement.Parse(svg.Value).ToString(), StringComparison.Ordinal);
    }
}
