using NoraPipelines.Cli.Reporting;

namespace NoraPipelines.Cli.Comparing.Reporting;

/// <summary>Training loss of all variants in one chart, each with its band (the paper's Figure 2).</summary>
internal static class CurvesSection
{
    public static string Draw(ComparisonData data)
    {
        if (data.Losses.Count == 0) return "";
        Series[] lines = [.. data.Losses.Select(loss => new Series(loss.Variant, data.Class(loss.Variant), loss.Mean, Band: loss.Band))];
        return Html.Section("Training loss",
            "Mean cross entropy of the labelled tokens, in nats a token, smoothed over a twentieth of the steps. The line is the mean over the "
            + "seeds, the band one deviation on each side.",
            LineChart.Legend(lines) + LineChart.Draw("Training loss of each variant over steps", "step", lines, 900, 360));
    }
}
