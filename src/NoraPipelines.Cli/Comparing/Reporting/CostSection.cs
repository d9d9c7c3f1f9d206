using NoraPipelines.Cli.Reporting;

namespace NoraPipelines.Cli.Comparing.Reporting;

/// <summary>Time and memory of a variant's runs (the paper's Figure 5).</summary>
internal static class CostSection
{
    public static string Draw(ComparisonData data)
    {
        var done = data.Results.Variants.Where(variant => variant.Seeds.Count > 0).ToArray();
        if (done.Length == 0) return "";
        string[] charts =
        [
            Chart("A run in all", done, variant => variant.Seconds.GetValueOrDefault("total"), Sizes.Time),
            Chart("Training alone", done, variant => variant.Seconds.GetValueOrDefault("train"), Sizes.Time),
            Chart("Tokens a second in training", done, variant => variant.TokensPerSecond, rate => Sizes.Count((long)rate)),
            Chart("Memory at most", done, variant => variant.PeakMemory, bytes => Sizes.Bytes((long)bytes)),
        ];
        return Html.Section("Time and memory",
            "Means over the seeds; of memory the most. Memory is that of the whole process, libraries and .NET's runtime included; it is "
            + "counted anew for each run, where the system allows that.", $"<div class=\"two\">{string.Concat(charts)}</div>");
    }

    private static string Chart(
        string title, IEnumerable<VariantResult> variants, Func<VariantResult, double?> value, Func<double, string> shown)
    {
        var rows = variants.Select(variant => (variant.Variant, value(variant) ?? 0, value(variant) is { } known ? shown(known) : "not known"));
        return $"<div><h3>{Html.Text(title)}</h3>{Bars.Draw(rows)}</div>\n";
    }
}
