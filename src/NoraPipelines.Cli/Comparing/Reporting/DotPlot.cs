using System.Text;
using NoraPipelines.Cli.Reporting;

namespace NoraPipelines.Cli.Comparing.Reporting;

/// <summary>A variant's values of one metric.</summary>
internal sealed record DotRow(string Name, string Class, IReadOnlyList<double> Values, MetricMean Mean);

/// <summary>A row for each variant: a faint dot a seed, their mean, and its deviation as a line.</summary>
internal static class DotPlot
{
    private const double Right = 16, Top = 6, Bottom = 24, Row = 24, WidthOfLetter = 6.6, MostOfNames = 260;

    /// <param name="label">What a screen reader says.</param>
    public static string Draw(string label, IReadOnlyList<DotRow> rows, double width)
    {
        if (rows.Count == 0) return "";
        var left = Math.Min(MostOfNames, rows.Max(row => row.Name.Length) * WidthOfLetter) + 16;
        var height = Top + rows.Count * Row + Bottom;
        var reach = rows.Select(row => row.Mean.Deviation ?? 0).ToArray();
        var axis = Axis.Covering(
            rows.Select((row, i) => Math.Min(row.Values.Min(), row.Mean.Mean - reach[i])).Min(),
            rows.Select((row, i) => Math.Max(row.Values.Max(), row.Mean.Mean + reach[i])).Max(), 6);
        double X(double value) => left + axis.Share(value) * (width - left - Right);

        var svg = new StringBuilder();
        svg.Append($"<svg viewBox=\"0 0 {Html.At(width)} {Html.At(height)}\" role=\"img\" aria-label=\"{Html.Text(label)}\">\n");
        foreach (var tick in axis.Ticks)
        {
            var x = Html.At(X(tick));
            svg.Append($"<line class=\"grid\" x1=\"{x}\" x2=\"{x}\" y1=\"{Html.At(Top)}\" y2=\"{Html.At(height - Bottom)}\"/>");
            svg.Append($"<text x=\"{x}\" y=\"{Html.At(height - 6)}\" text-anchor=\"middle\">{axis.Label(tick)}</text>\n");
        }
        for (var index = 0; index < rows.Count; index++)
        {
            var (row, y) = (rows[index], Top + (index + 0.5) * Row);
            svg.Append($"<text class=\"name\" x=\"{Html.At(left - 12)}\" y=\"{Html.At(y + 4)}\" text-anchor=\"end\">"
                + $"{Html.Text(Fitting(row.Name))}</text>");
            if (row.Mean.Deviation is { } deviation)
                svg.Append($"<line class=\"whisker {row.Class}\" x1=\"{Html.At(X(row.Mean.Mean - deviation))}\""
                    + $" x2=\"{Html.At(X(row.Mean.Mean + deviation))}\" y1=\"{Html.At(y)}\" y2=\"{Html.At(y)}\"/>");
            foreach (var value in row.Values.Count > 1 ? row.Values : [])
                svg.Append($"<circle class=\"dot faint {row.Class}\" cx=\"{Html.At(X(value))}\" cy=\"{Html.At(y)}\" r=\"3\"/>");
            svg.Append($"<circle class=\"dot {row.Class}\" cx=\"{Html.At(X(row.Mean.Mean))}\" cy=\"{Html.At(y)}\" r=\"5\"><title>"
                + $"{Html.Text($"{row.Name}: {Sizes.Number(row.Mean.Mean)}")}</title></circle>\n");
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static string Fitting(string name) =>
        name.Length * WidthOfLetter <= MostOfNames ? name : name[..((int)(MostOfNames / WidthOfLetter) - 1)] + "…";
}
