using NoraPipelines.Runs.Reporting;

namespace NoraPipelines.Runs.Comparing.Reporting;

/// <summary>Time and memory of a variant's runs (the paper's Figure 5).</summary>
internal static class CostSection
{
    public static string Draw(ComparisonData data)
    {
        var done = data.Results.Variants.Where(variant => variant.Seeds.Count > 0).ToArray();
        if (done.Length == 0) return "";
        string[] charts =
        [
            Chart("A run in all", done.Select(variant => (variant.Variant, variant.Seconds.GetValueOrDefault("total"), Sizes.Time(variant.Seconds.GetValueOrDefault("total"))))),
            Chart("Training alone", done.Select(variant => (variant.Variant, variant.Seconds.GetValueOrDefault("train"), Sizes.Time(variant.Seconds.GetValueOrDefault("train"))))),
            Chart("Tokens a second in training", done.Select(variant => (variant.Variant, variant.TokensPerSecond ?? 0, Sizes.Count((long)(variant.TokensPerSecond ?? 0))))),
            Chart("Memory at most", done.Select(variant => (variant.Variant, (double)(variant.PeakMemory ?? 0), variant.PeakMemory is { } peak ? Sizes.Bytes(peak) : "not known"))),
        ];
        return Html.Section("Time and memory",
            "Means over the seeds; of memory the most. Memory is that of the whole process, libraries and .NET's runtime included; it is counted anew for "
            + "each run, where the system allows that.", $"<div class=\"two\">{string.Concat(charts)}</div>");
    }

    private static string Chart(string title, IEnumerable<(string, double, string)> rows) => $"<div><h3>{Html.Text(title)}</h3>{Bars.Draw(rows)}</div>\n";
}
