using NoraPipelines.Cli.Reporting;

namespace NoraPipelines.Cli.Comparing.Reporting;

/// <summary>Score against parameters that train; nothing where all variants train as many.</summary>
internal static class ParametersSection
{
    public static string Draw(ComparisonData data)
    {
        var charts = data.Results.ChartedMetrics.Select(metric => (Metric: metric, Points: Points(data, metric).ToArray()))
            .Where(chart => chart.Points.Select(point => point.X).Distinct().Count() > 1)
            .Select(chart => $"<div><h3>{Html.Text(MetricDirection.WithArrow(chart.Metric))}</h3>"
                + ScatterChart.Draw($"{chart.Metric} against parameters that train", "parameters that train", chart.Points, 900, 320)
                + "</div>\n").ToArray();
        if (charts.Length == 0) return "";
        return Html.Section("Score against parameters", "Each point is a variant's mean over the seeds, with its deviation.", string.Concat(charts));
    }

    private static IEnumerable<ScatterPoint> Points(ComparisonData data, string metric) =>
        from variant in data.Results.Variants
        where variant.Trainable > 0 && variant.Metrics.TryGetValue(metric, out var value) && double.IsFinite(value.Mean)
        let mean = variant.Metrics[metric]
        select new ScatterPoint(variant.Variant, data.Class(variant.Variant), variant.Trainable, mean.Mean, mean.Deviation);
}
