using System.Globalization;
using NoraPipelines.Cli.Reporting;

namespace NoraPipelines.Cli.Comparing.Reporting;

/// <summary>The table that a comparison is made for, a plot of each metric, and what failed.</summary>
internal static class ScoresSection
{
    public static string Draw(ComparisonData data)
    {
        var results = data.Results;
        var metrics = results.Metrics.Select(metric => Html.Text(MetricDirection.WithArrow(metric)));
        var table = Html.Table(["Variant", "Trains", "Seeds", .. metrics, "Loss, last step"], Rows(results), close: true);
        var marks = results.Metrics.Count > 0 ? " The best in bold, the second best underlined." : "";
        return Html.Section("Scores", ComparisonText.Reading(results) + marks, table + Plots(data) + Failures(results));
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(ComparisonResults results)
    {
        if (results.Metrics.Any(metric => results.Before(metric) is not null))
            yield return ["before training", "", "", .. results.Metrics.Select(metric => Optional(results.Before(metric))), "–"];
        foreach (var variant in results.Variants)
        {
            yield return
            [
                Html.Text(variant.Variant), Sizes.Count(variant.Trainable), ComparisonText.Seeds(results, variant),
                .. results.Metrics.Select(metric => Cell(results, variant, metric)), Optional(variant.Loss.Last),
            ];
        }
    }

    private static string Optional(double? value) => value is { } number ? Sizes.Number(number) : "–";

    private static string Cell(ComparisonResults results, VariantResult variant, string metric)
    {
        var text = Html.Text(ComparisonText.Value(variant, metric));
        return results.Place(variant, metric) switch { 0 => $"<b>{text}</b>", 1 => $"<u>{text}</u>", _ => text };
    }

    private static string Plots(ComparisonData data) => string.Concat(data.Results.ChartedMetrics.Select(metric =>
        $"<h3>{Html.Text(MetricDirection.WithArrow(metric))}</h3>\n"
        + DotPlot.Draw($"{metric} of each variant", [.. Dots(data, metric)], 900)));

    private static IEnumerable<DotRow> Dots(ComparisonData data, string metric) =>
        from variant in data.Results.Variants
        where variant.Metrics.TryGetValue(metric, out var mean) && double.IsFinite(mean.Mean)
        select new DotRow(
            variant.Variant, data.Class(variant.Variant),
            [.. from report in data.Results.Runs.Where(run => run.Variant == variant.Variant).Select(run => run.Report).OfType<RunReport>()
                where report.Evaluation.After.ContainsKey(metric)
                select report.Evaluation.After[metric]],
            variant.Metrics[metric]);

    private static string Failures(ComparisonResults results) => results.Failed.Count == 0 ? "" : "<h3>Failed</h3>" + Html.Table(
        ["Variant", "Seed", "Why"],
        results.Failed.Select(run => (IReadOnlyList<string>)
        [
            Html.Text(run.Variant), run.Seed.ToString(CultureInfo.InvariantCulture), $"<span class=\"bad\">{Html.Text(run.Error)}</span>",
        ]), numbers: false);
}
