using NoraPipelines.Cli.Reporting;

namespace NoraPipelines.Cli.Comparing;

/// <summary>What a comparison's folder tells, however far the comparison is.</summary>
/// <param name="Runs">Seeds outermost, as they are run.</param>
internal sealed record ComparisonResults(string Folder, ComparisonRecord Record, IReadOnlyList<ComparedRun> Runs)
{
    public string CsvFile => Path.Combine(Folder, "results.csv");

    public string JsonFile => Path.Combine(Folder, "results.json");

    public string MarkdownFile => Path.Combine(Folder, "results.md");

    public string ReportFile => Path.Combine(Folder, "report.html");

    /// <summary>In the spec's order.</summary>
    public IReadOnlyList<VariantResult> Variants { get; } =
        [.. Record.Variants.Select(variant => VariantResult.Of(variant, [.. Runs.Where(run => run.Variant == variant.Name)]))];

    /// <summary>Names of the metrics after training.</summary>
    public IReadOnlyList<string> Metrics => [.. Variants.SelectMany(variant => variant.Metrics.Keys).Distinct()];

    /// <summary>The metrics that are worth a chart: a loss says what the perplexity beside it says.</summary>
    public IReadOnlyList<string> ChartedMetrics =>
        [.. Metrics.Where(metric => !(metric.EndsWith("loss", StringComparison.Ordinal) && Metrics.Contains(metric[..^4] + "perplexity")))];

    public bool IsFinished => Runs.All(run => run.State == RunState.Finished);

    public IReadOnlyList<ComparedRun> Failed => [.. Runs.Where(run => run.State == RunState.Failed)];

    /// <exception cref="NoraException">The folder holds no comparison, or a damaged one.</exception>
    public static ComparisonResults Read(string folder)
    {
        var record = ComparisonRecord.Read(folder);
        return new(folder, record,
            [.. from seed in record.Seeds from variant in record.Variants select ComparedRun.Read(folder, variant.Name, seed)]);
    }

    /// <summary>
    /// The base model's value, where every run that was scored before training found the same: null otherwise. Runs that differ in the
    /// last digits by the shape of a batch count as the same.
    /// </summary>
    public double? Before(string metric)
    {
        double[] values = [.. from report in Runs.Select(run => run.Report).OfType<RunReport>()
                              where report.Evaluation.Before.ContainsKey(metric)
                              select report.Evaluation.Before[metric]];
        return values.Length > 0 && values.Max() - values.Min() <= 1e-4 * values.Max(Math.Abs) ? values.Average() : null;
    }

    /// <summary>
    /// 0 for the variants with the best mean, 1 for the second best, null for the others. Only those with the most finished seeds take
    /// part: a mean over fewer is not held against theirs.
    /// </summary>
    public int? Place(VariantResult variant, string metric)
    {
        var seeds = Variants.Max(other => other.Seeds.Count);
        if (Taking(variant) is not { } own) return null;
        var means = Variants.Select(Taking).OfType<double>();
        double[] order = [.. (MetricDirection.SmallerIsBetter(metric) ? means.Order() : means.OrderDescending()).Distinct()];
        var place = order.Length < 2 ? -1 : Array.IndexOf(order, own);
        return place is 0 or 1 ? place : null;

        double? Taking(VariantResult other) =>
            other.Seeds.Count == seeds && other.Metrics.TryGetValue(metric, out var value) && double.IsFinite(value.Mean)
                ? value.Mean
                : null;
    }
}
