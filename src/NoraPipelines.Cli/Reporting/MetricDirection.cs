namespace NoraPipelines.Cli.Reporting;

/// <summary>Which way a metric gets better, by its name.</summary>
internal static class MetricDirection
{
    public static bool SmallerIsBetter(string metric) =>
        metric.EndsWith("loss", StringComparison.Ordinal) || metric.EndsWith("perplexity", StringComparison.Ordinal);

    /// <summary>"perplexity ↓".</summary>
    public static string WithArrow(string metric) => $"{metric} {(SmallerIsBetter(metric) ? '↓' : '↑')}";
}
