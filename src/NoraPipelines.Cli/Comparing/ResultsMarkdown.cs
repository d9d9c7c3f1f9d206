using System.Globalization;
using NoraPipelines.Cli.Reporting;

namespace NoraPipelines.Cli.Comparing;

/// <summary>results.md: mean ± deviation of every metric, the best in bold, and what it cost.</summary>
internal static class ResultsMarkdown
{
    public static string Write(ComparisonResults results)
    {
        var record = results.Record;
        var text = $"# {record.Comparison}\n\n";
        if (record.Description.Length > 0) text += Cell(record.Description) + "\n\n";
        text += ComparisonText.State(results) + "\n\n";
        var metrics = results.Metrics.Select(MetricDirection.WithArrow);
        text += Table(["variant", "trains", "seeds", .. metrics, "loss, last step"], Scores(results));
        if (results.Metrics.Count > 0) text += "\n" + ComparisonText.Reading(results) + " **Best**.\n";
        text += "\n## Time and memory\n\n"
            + Table(["variant", "seconds in all", "seconds of training", "tokens/s", "memory"], results.Variants.Select(Costs));
        if (results.Failed.Count > 0)
            text += "\n## Failed\n\n" + Table(["variant", "seed", "why"], results.Failed.Select(run => (IReadOnlyList<string>)
                [Cell(run.Variant), run.Seed.ToString(CultureInfo.InvariantCulture), Cell(run.Error ?? "")]));
        return text;
    }

    private static IReadOnlyList<string> Costs(VariantResult variant) =>
    [
        Cell(variant.Variant), Optional(variant.Seconds, "total"), Optional(variant.Seconds, "train"),
        variant.TokensPerSecond is { } rate ? Sizes.Count((long)rate) : "–",
        variant.PeakMemory is { } peak ? Sizes.Bytes(peak) : "–",
    ];

    private static IEnumerable<IReadOnlyList<string>> Scores(ComparisonResults results)
    {
        if (results.Metrics.Any(metric => results.Before(metric) is not null))
            yield return ["(before training)", "", "", .. results.Metrics.Select(metric => Optional(results.Before(metric))), "–"];
        foreach (var variant in results.Variants)
        {
            yield return
            [
                Cell(variant.Variant), Sizes.Count(variant.Trainable), ComparisonText.Seeds(results, variant),
                .. results.Metrics.Select(metric => results.Place(variant, metric) == 0
                    ? $"**{ComparisonText.Value(variant, metric)}**"
                    : ComparisonText.Value(variant, metric)),
                Optional(variant.Loss.Last),
            ];
        }
    }

    private static string Optional(double? value) => value is { } number ? Sizes.Number(number) : "–";

    private static string Optional(IReadOnlyDictionary<string, double> seconds, string stage) =>
        seconds.TryGetValue(stage, out var value) ? value.ToString("F1", CultureInfo.InvariantCulture) : "–";

    private static string Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows) =>
        Line(head) + Line(head.Select((_, index) => index == 0 ? "---" : "---:")) + string.Concat(rows.Select(Line));

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |\n";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
