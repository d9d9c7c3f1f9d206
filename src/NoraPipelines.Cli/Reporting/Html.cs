using System.Globalization;
using System.Net;

namespace NoraPipelines.Cli.Reporting;

/// <summary>Writing HTML and SVG: text is escaped, numbers are invariant.</summary>
internal static class Html
{
    public static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");

    /// <summary>A coordinate.</summary>
    public static string At(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    public static string Section(string title, string explanation, string body) =>
        $"<section><h2>{Text(title)}</h2>\n<p class=\"note\">{Text(explanation)}</p>\n{body}</section>\n";

    /// <summary>A table; cells are HTML already. Columns after the first are numbers, on the right, where <paramref name="numbers"/> says so.</summary>
    /// <param name="close">No cell is broken into lines, but of the head.</param>
    public static string Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows, bool numbers = true, bool close = false)
    {
        var side = numbers ? " class=\"numbers\"" : "";
        var header = string.Concat(head.Select(cell => $"<th>{cell}</th>"));
        var body = string.Concat(rows.Select(row => $"<tr>{string.Concat(row.Select(cell => $"<td>{cell}</td>"))}</tr>\n"));
        return $"<div class=\"wide{(close ? " close" : "")}\"><table{side}><thead><tr>{header}</tr></thead>\n<tbody>{body}</tbody></table></div>\n";
    }
}
