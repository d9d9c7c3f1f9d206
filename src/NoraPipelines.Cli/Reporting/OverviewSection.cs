using NoraPipelines.Runs.Progress;

namespace NoraPipelines.Cli.Reporting;

/// <summary>The numbers that one looks for first.</summary>
internal static class OverviewSection
{
    public static string Draw(ReportData data)
    {
        var plan = data.Plan.Summary;
        var figures = new List<(string Name, string Value, string Detail)>
        {
            ("Parameters that train", Sizes.Count(plan.Trainable), $"{Sizes.Percent(plan.Percent)} of {Sizes.Count(plan.Total)}"),
        };
        if (data.Steps.Count > 0)
            figures.Add(("Training loss", $"{Sizes.Number(data.Steps[0].Loss)} → {Sizes.Number(data.Steps[^1].Loss)}", $"first and last of {Sizes.Count(data.Steps[^1].Step)} steps"));
        if (Headline(data) is { } metric)
            figures.Add((metric, $"{Value(data.Before, metric)} → {Value(data.After, metric)}", "before and after training"));
        if (data.Start?.MeanErrors is { } errors)
            figures.Add(("AwSVD output error", Sizes.Number(errors.AwSvd), $"SVD {Sizes.Number(errors.Svd)}, mean of all projections"));
        if (data.Result is { } result)
        {
            figures.Add(("Time", Sizes.Time(result.Seconds.GetValueOrDefault("total")), $"{Sizes.Count((long)result.TokensPerSecond)} tokens/s in training"));
            if (result.PeakMemory is { } peak) figures.Add(("Memory", Sizes.Bytes(peak), result.PeakMemorySource is null or MeasuredPeak.Process ? "the most at once" : "the most of the card at once"));
        }
        return "<div class=\"figures\">\n" + string.Concat(figures.Select(figure =>
            $"<div><small>{Html.Text(figure.Name)}</small><b>{Html.Text(figure.Value)}</b><em>{Html.Text(figure.Detail)}</em></div>\n")) + "</div>";
    }

    /// <summary>The metric of the first task that was scored on both sides.</summary>
    private static string? Headline(ReportData data) => data.After.Keys
        .Where(data.Before.ContainsKey)
        .OrderBy(name => name.EndsWith("loss", StringComparison.Ordinal) ? 1 : 0)
        .FirstOrDefault();

    private static string Value(IReadOnlyDictionary<string, double> metrics, string name) => Sizes.Number(metrics[name]);
}
