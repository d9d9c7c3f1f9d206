using NoraPipelines.Data;

namespace NoraPipelines.Cli.Reporting;

/// <summary>What became of the rows of each data set.</summary>
internal static class DataSection
{
    public static string Draw(ReportData data)
    {
        if (data.Rows.Count == 0) return "";
        var table = Html.Table(["Data", "Rows", "Left out", "Cut", "Tokens", "Learnt"], data.Rows.Select(set => (IReadOnlyList<string>)
            [Html.Text(set.Key), .. Counts(set.Value).Select(Sizes.Count)]));
        var warnings = data.Rows.SelectMany(set => set.Value.Warnings().Select(warning => $"<p class=\"bad\">{Html.Text($"{set.Key}: {warning}")}</p>\n"));
        return Html.Section("Data", "Rows are left out where nothing of them is learnt, and cut at max_tokens.", table + string.Concat(warnings));
    }

    private static IEnumerable<long> Counts(EncodedRows rows) => [rows.Rows, rows.LeftOut + rows.NothingToLearn, rows.Cut, rows.Tokens, rows.Learnt];
}
