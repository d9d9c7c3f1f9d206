using System.Text;

namespace NoraPipelines.Cli.Reporting;

/// <summary>A line of a chart; its colour is the style sheet's of that class.</summary>
/// <param name="Band">Shaded from low to high behind the line; null: nothing is.</param>
internal sealed record Series(
    string Name, string Class, IReadOnlyList<(double X, double Y)> Points, bool Dots = false, IReadOnlyList<(double X, double Low, double High)>? Band = null);

/// <summary>Lines over steps or layers, as inline SVG that takes its colours from the page.</summary>
internal static class LineChart
{
    private const double Left = 56, Right = 12, Top = 10, Bottom = 34;

    /// <param name="label">What a screen reader says.</param>
    /// <param name="fromZero">The vertical axis begins at 0.</param>
    public static string Draw(string label, string below, IReadOnlyList<Series> series, double width, double height, bool fromZero = false, bool layers = false)
    {
        var points = series.SelectMany(line => line.Points).ToArray();
        if (points.Length == 0) return "";
        var bands = series.SelectMany(line => line.Band ?? []).ToArray();
        var (low, high) = (points.Min(point => point.Y), points.Max(point => point.Y));
        if (bands.Length > 0) (low, high) = (Math.Min(low, bands.Min(band => band.Low)), Math.Max(high, bands.Max(band => band.High)));
        var y = Axis.Covering(fromZero ? 0 : low, high, 4);
        var last = points.Max(point => point.X);
        var x = layers ? Axis.Covering(0, Math.Max(1, last), (int)Math.Min(6, Math.Max(1, last))) with { High = Math.Max(1, last) } : Axis.Steps(last, 6);
        double X(double value) => Left + x.Share(value) * (width - Left - Right);
        double Y(double value) => height - Bottom - y.Share(value) * (height - Top - Bottom);

        var svg = new StringBuilder();
        svg.Append($"<svg viewBox=\"0 0 {Html.At(width)} {Html.At(height)}\" role=\"img\" aria-label=\"{Html.Text(label)}\">\n");
        foreach (var tick in y.Ticks)
        {
            svg.Append($"<line class=\"grid\" x1=\"{Html.At(Left)}\" x2=\"{Html.At(width - Right)}\" y1=\"{Html.At(Y(tick))}\" y2=\"{Html.At(Y(tick))}\"/>");
            svg.Append($"<text x=\"{Html.At(Left - 8)}\" y=\"{Html.At(Y(tick) + 4)}\" text-anchor=\"end\">{y.Label(tick)}</text>\n");
        }
        foreach (var tick in x.Ticks.Where(tick => !layers || Math.Abs(tick - Math.Round(tick)) < 1e-9))
            svg.Append($"<text x=\"{Html.At(X(tick))}\" y=\"{Html.At(height - Bottom + 16)}\" text-anchor=\"middle\">{x.Label(tick)}</text>\n");
        svg.Append($"<text class=\"axis\" x=\"{Html.At((Left + width - Right) / 2)}\" y=\"{Html.At(height - 3)}\" text-anchor=\"middle\">{Html.Text(below)}</text>\n");
        foreach (var line in series.Where(line => line.Band is { Count: > 1 }))
        {
            var outline = line.Band!.Select(band => (band.X, Y: band.High)).Concat(line.Band!.Reverse().Select(band => (band.X, Y: band.Low)));
            svg.Append($"<polygon class=\"area {line.Class}\" points=\"{string.Join(" ", outline.Select(point => $"{Html.At(X(point.X))},{Html.At(Y(point.Y))}"))}\"/>\n");
        }
        foreach (var line in series)
        {
            var path = string.Join(" ", line.Points.Select(point => $"{Html.At(X(point.X))},{Html.At(Y(point.Y))}"));
            svg.Append($"<polyline class=\"line {line.Class}\" points=\"{path}\"/>\n");
            foreach (var point in line.Dots ? line.Points : [])
                svg.Append($"<circle class=\"dot {line.Class}\" cx=\"{Html.At(X(point.X))}\" cy=\"{Html.At(Y(point.Y))}\" r=\"3\">"
                    + $"<title>{Html.Text($"{line.Name}, {below} {point.X:0}: {Sizes.Number(point.Y)}")}</title></circle>");
        }
        return svg.Append("</svg>\n").ToString();
    }

    public static string Legend(IEnumerable<Series> series) =>
        $"<p class=\"legend\">{string.Concat(series.Select(line => $"<span><i class=\"{line.Class}\"></i>{Html.Text(line.Name)}</span>"))}</p>\n";

    /// <summary>At most <paramref name="count"/> points, each the mean of its neighbours: a page of 100,000 steps stays small.</summary>
    public static IReadOnlyList<(double X, double Y)> Thin(IReadOnlyList<(double X, double Y)> points, int count)
    {
        if (points.Count <= count) return points;
        return
        [
            .. Enumerable.Range(0, count).Select(bucket =>
            {
                var start = (int)((long)bucket * points.Count / count);
                var part = points.Skip(start).Take((int)((long)(bucket + 1) * points.Count / count) - start).ToArray();
                return (part.Average(point => point.X), part.Average(point => point.Y));
            }),
        ];
    }

    /// <summary>The mean over a window around each point.</summary>
    public static IReadOnlyList<(double X, double Y)> Smooth(IReadOnlyList<(double X, double Y)> points, int window)
    {
        var half = window / 2;
        return
        [
            .. points.Select((point, index) =>
            {
                var (start, end) = (Math.Max(0, index - half), Math.Min(points.Count, index + half + 1));
                return (point.X, Enumerable.Range(start, end - start).Average(near => points[near].Y));
            }),
        ];
    }
}
