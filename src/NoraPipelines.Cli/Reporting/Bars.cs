namespace NoraPipelines.Cli.Reporting;

/// <summary>Horizontal bars with their values, for time and memory.</summary>
internal static class Bars
{
    public static string Draw(IEnumerable<(string Name, double Value, string Shown)> rows)
    {
        var all = rows.ToArray();
        var most = all.Length == 0 ? 0 : all.Max(row => row.Value);
        return "<div class=\"bars\">\n" + string.Concat(all.Select(row =>
            $"<span>{Html.Text(row.Name)}</span><span class=\"track\"><i style=\"width:{Html.At(most > 0 ? 100 * row.Value / most : 0)}%\"></i></span>"
            + $"<span class=\"value\">{Html.Text(row.Shown)}</span>\n")) + "</div>\n";
    }
}
