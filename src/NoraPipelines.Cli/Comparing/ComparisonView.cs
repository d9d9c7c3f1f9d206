using NoraPipelines.Cli.Reporting;
using NoraPipelines.Cli.Terminal;
using Spectre.Console;

namespace NoraPipelines.Cli.Comparing;

/// <summary>What `compare` tells: a heading and a line for each run, the table after each seed, and where everything is.</summary>
internal sealed class ComparisonView(RunView view)
{
    private const int MetricsOfRun = 3, MetricsOfTable = 4;

    public void Begin(ComparisonResults results)
    {
        var record = results.Record;
        view.Heading(record.Description.Length > 0 ? $"{record.Comparison}: {record.Description}" : record.Comparison);
        view.Say(ComparisonText.State(results));
        view.Say($"Everything is kept in {results.Folder}");
    }

    public void BeginRun(ComparisonResults results, int index)
    {
        var run = results.Runs[index];
        var left = SecondsLeft(results, index);
        view.Heading($"Run {index + 1} of {results.Runs.Count}: {run.Variant}, seed {run.Seed}"
            + (run.State == RunState.Unfinished ? ", which goes on" : "")
            + (left is { } seconds ? $"; about {Sizes.Time(seconds)} left for all" : ""));
    }

    public void EndRun(ComparisonResults results, int index)
    {
        var run = results.Runs[index];
        if (run.Report is not { } report) view.Warn($"{run.Variant}, seed {run.Seed}, failed: {run.Error}");
        else
        {
            var metrics = results.ChartedMetrics.Where(report.Evaluation.After.ContainsKey).Take(MetricsOfRun)
                .Select(metric => $"{metric} {Sizes.Number(report.Evaluation.After[metric])}");
            var loss = report.Loss.Last is { } last ? Sizes.Number(last) : "–";
            var time = Sizes.Time(report.Seconds.GetValueOrDefault("total"));
            view.Say($"{run.Variant}, seed {run.Seed}: {string.Join(", ", [.. metrics, $"last loss {loss}", time])}");
        }
        if (index + 1 < results.Runs.Count && results.Runs[index + 1].Seed != run.Seed) Table(results);
    }

    public void Finish(ComparisonResults results)
    {
        view.Heading($"Compared: {ComparisonText.State(results)}");
        Table(results);
        foreach (var run in results.Failed) view.Warn($"{run.Variant}, seed {run.Seed}, failed: {run.Error}");
        view.Say($"Tables: {results.CsvFile}");
        view.Say($"        {results.JsonFile}");
        view.Say($"        {results.MarkdownFile}");
        view.Say($"Report: {results.ReportFile}");
    }

    /// <summary>
    /// By what the variant's other seeds took, and for a variant without any by what the others took; null before the first run is done.
    /// </summary>
    internal static double? SecondsLeft(ComparisonResults results, int index)
    {
        var known = results.Runs.Where(run => run.Report is not null)
            .ToLookup(run => run.Variant, run => run.Report!.Seconds.GetValueOrDefault("total"));
        if (known.Count == 0) return null;
        var mean = known.SelectMany(times => times).Average();
        return results.Runs.Skip(index).Where(run => run.State != RunState.Finished)
            .Sum(run => known.Contains(run.Variant) ? known[run.Variant].Average() : mean);
    }

    private void Table(ComparisonResults results)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("Variant").AddColumn(Right("Trains")).AddColumn(Right("Seeds"));
        var metrics = results.ChartedMetrics.Take(MetricsOfTable).ToArray();
        foreach (var metric in metrics) table.AddColumn(Right(Markup.Escape(MetricDirection.WithArrow(metric))));
        table.AddColumn(Right("Tokens/s")).AddColumn(Right("Memory"));
        foreach (var variant in results.Variants)
        {
            table.AddRow([
                Markup.Escape(variant.Variant), Sizes.Count(variant.Trainable), ComparisonText.Seeds(results, variant),
                .. metrics.Select(metric => results.Place(variant, metric) == 0
                    ? $"[bold green]{ComparisonText.Value(variant, metric)} *[/]"
                    : ComparisonText.Value(variant, metric)),
                variant.TokensPerSecond is { } rate ? Sizes.Count((long)rate) : "–",
                variant.PeakMemory is { } peak ? Sizes.Bytes(peak) : "–",
            ]);
        }
        view.Show(table);
        if (metrics.Length > 0) view.Say(ComparisonText.Reading(results) + " * best.");
        var more = results.ChartedMetrics.Count - metrics.Length;
        if (more > 0) view.Say($"{more} metrics more are in the tables.");
    }

    private static TableColumn Right(string title) => new TableColumn(title).RightAligned();
}
