using System.Text;
using NoraPipelines.Cli.Reporting;

namespace NoraPipelines.Cli.Comparing.Reporting;

/// <summary>A variant's score and what it trains.</summary>
internal sealed record ScatterPoint(string Name, string Class, double X, double Y, double? Deviation);

/// <summary>
/// Points with their deviations and names, as inline SVG. The horizontal axis is logarithmic where the values span more than a factor of
/// five.
/// </summary>
internal static class ScatterChart
{
    private const double Left = 56, Right = 16, Top = 14, Bottom = 36, WidthOfLetter = 6.4, HeightOfLine = 13;

    /// <param name="label">What a screen reader says.</param>
    /// <param name="points">With an X above 0.</param>
    public static string Draw(string label, string below, IReadOnlyList<ScatterPoint> points, double width, double height)
    {
        if (points.Count == 0) return "";
        var y = Axis.Covering(
            points.Min(point => point.Y - (point.Deviation ?? 0)), points.Max(point => point.Y + (point.Deviation ?? 0)), 4);
        var (low, high) = (points.Min(point => point.X), points.Max(point => point.X));
        var (share, ticks) = Horizontal(low, high);
        double X(double value) => Left + share(value) * (width - Left - Right);
        double Y(double value) => height - Bottom - y.Share(value) * (height - Top - Bottom);

        var svg = new StringBuilder();
        svg.Append($"<svg viewBox=\"0 0 {Html.At(width)} {Html.At(height)}\" role=\"img\" aria-label=\"{Html.Text(label)}\">\n");
        foreach (var tick in y.Ticks)
        {
            var at = Html.At(Y(tick));
            svg.Append($"<line class=\"grid\" x1=\"{Html.At(Left)}\" x2=\"{Html.At(width - Right)}\" y1=\"{at}\" y2=\"{at}\"/>");
            svg.Append($"<text x=\"{Html.At(Left - 8)}\" y=\"{Html.At(Y(tick) + 4)}\" text-anchor=\"end\">{y.Label(tick)}</text>\n");
        }
        foreach (var tick in ticks)
            svg.Append(Text(X(tick), height - Bottom + 16, LogAxis.Label(tick)));
        svg.Append(Text((Left + width - Right) / 2, height - 3, below));
        var taken = new List<(double Left, double Right, double Y)>();
        foreach (var point in points.OrderByDescending(point => point.Y))
        {
            var x = Html.At(X(point.X));
            if (point.Deviation is { } deviation)
                svg.Append($"<line class=\"whisker {point.Class}\" x1=\"{x}\" x2=\"{x}\""
                    + $" y1=\"{Html.At(Y(point.Y - deviation))}\" y2=\"{Html.At(Y(point.Y + deviation))}\"/>");
            svg.Append($"<circle class=\"dot {point.Class}\" cx=\"{x}\" cy=\"{Html.At(Y(point.Y))}\" r=\"4.5\"><title>"
                + $"{Html.Text($"{point.Name}: {Sizes.Count((long)point.X)} parameters, {Sizes.Number(point.Y)}")}</title></circle>");
            svg.Append(Name(point, X(point.X), Y(point.Y), width, taken));
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static (Func<double, double> Share, IReadOnlyList<double> Ticks) Horizontal(double low, double high)
    {
        if (high > 5 * low)
        {
            var log = LogAxis.Covering(low, high);
            return (log.Share, [.. log.Ticks]);
        }
        var linear = Axis.Covering(Math.Max(0, low - 0.1 * (high - low)), high + 0.1 * (high - low), 5);
        return (linear.Share, [.. linear.Ticks]);
    }

    /// <summary>Right of its point, left where the chart ends; lower where another name stands already.</summary>
    private static string Name(ScatterPoint point, double x, double y, double width, List<(double Left, double Right, double Y)> taken)
    {
        var wide = point.Name.Length * WidthOfLetter;
        var toTheLeft = x + 9 + wide > width;
        var (left, right) = toTheLeft ? (x - 9 - wide, x - 9) : (x + 9, x + 9 + wide);
        var at = y + 4;
        while (taken.Any(other => other.Left < right && left < other.Right && Math.Abs(other.Y - at) < HeightOfLine))
            at += HeightOfLine / 2;
        taken.Add((left, right, at));
        var anchor = toTheLeft ? "end" : "start";
        return $"<text class=\"name\" x=\"{Html.At(toTheLeft ? right : left)}\" y=\"{Html.At(at)}\" text-anchor=\"{anchor}\">"
            + $"{Html.Text(point.Name)}</text>\n";
    }

    private static string Text(double x, double y, string text) =>
        $"<text x=\"{Html.At(x)}\" y=\"{Html.At(y)}\" text-anchor=\"middle\">{Html.Text(text)}</text>\n";
}
