using System.Globalization;
using NoraPipelines.Cli.Terminal;
using Spectre.Console;

namespace NoraPipelines.Cli;

/// <summary>The runs of several seeds: each report, and mean and deviation of the metrics after training.</summary>
internal sealed record SeedSummary(
    string Pipeline, IReadOnlyList<int> Seeds, IReadOnlyDictionary<string, MetricSpread> Metrics, IReadOnlyList<RunReport> Runs)
{
    public static SeedSummary Of(IReadOnlyList<RunReport> reports) => new(
        reports[0].Pipeline,
        [.. reports.Select(report => report.Seed)],
        reports[0].Evaluation.After.Keys
            .Where(name => reports.All(report => report.Evaluation.After.ContainsKey(name)))
            .ToDictionary(name => name, name => MetricSpread.Of([.. reports.Select(report => report.Evaluation.After[name])])),
        reports);

    public static void Show(RunView view, IReadOnlyList<RunReport> reports)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("Metric", "Mean", "Deviation", "Median");
        foreach (var (name, spread) in Of(reports).Metrics) table.AddRow(name, Sizes.Number(spread.Mean), Sizes.Number(spread.Deviation), Sizes.Number(spread.Median));
        view.Heading($"Over seeds {string.Join(", ", reports.Select(report => report.Seed.ToString(CultureInfo.InvariantCulture)))}");
        view.Show(table);
    }
}

/// <summary>Mean, sample standard deviation (over n − 1), and the median that GLUE's scores are reported by.</summary>
internal sealed record MetricSpread(double Mean, double Deviation, double Median)
{
    public static MetricSpread Of(IReadOnlyList<double> values)
    {
        var mean = values.Average();
        var deviation = values.Count > 1 ? Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)) : 0;
        double[] ordered = [.. values.Order()];
        return new MetricSpread(mean, deviation, (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2);
    }
}
