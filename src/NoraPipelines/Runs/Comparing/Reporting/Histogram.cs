using System.Text;
using NoraPipelines.Runs.Reporting;

namespace NoraPipelines.Runs.Comparing.Reporting;

/// <summary>Values whose spread is shown; the colour is the style sheet's of that class.</summary>
internal sealed record Sample(string Name, string Class, IReadOnlyList<double> Values);

/// <summary>How many values lie where, several samples over one another on the same bins.</summary>
internal static class Histogram
{
    private const double Left = 40, Right = 12, Top = 10, Bottom = 34;
    private const int Bins = 30;

    /// <param name="label">What a screen reader says.</param>
    public static string Draw(string label, string below, IReadOnlyList<Sample> samples, double width, double height)
    {
        var values = samples.SelectMany(sample => sample.Values).ToArray();
        if (values.Length == 0) return "";
        var x = Axis.Covering(values.Min(), values.Max(), 6);
        var counts = samples.Select(sample => Count(sample.Values, x)).ToArray();
        var y = Axis.Covering(0, counts.Max(count => count.Max()), 4);
        double X(double value) => Left + x.Share(value) * (width - Left - Right);
        double Y(double value) => height - Bottom - y.Share(value) * (height - Top - Bottom);

        var svg = new StringBuilder();
        svg.Append($"<svg viewBox=\"0 0 {Html.At(width)} {Html.At(height)}\" role=\"img\" aria-label=\"{Html.Text(label)}\">\n");
        foreach (var tick in y.Ticks.Where(tick => Math.Abs(tick - Math.Round(tick)) < 1e-9))
        {
            svg.Append($"<line class=\"grid\" x1=\"{Html.At(Left)}\" x2=\"{Html.At(width - Right)}\" y1=\"{Html.At(Y(tick))}\" y2=\"{Html.At(Y(tick))}\"/>");
            svg.Append($"<text x=\"{Html.At(Left - 8)}\" y=\"{Html.At(Y(tick) + 4)}\" text-anchor=\"end\">{y.Label(tick)}</text>\n");
        }
        foreach (var tick in x.Ticks)
            svg.Append($"<text x=\"{Html.At(X(tick))}\" y=\"{Html.At(height - Bottom + 16)}\" text-anchor=\"middle\">{x.Label(tick)}</text>\n");
        svg.Append($"<text x=\"{Html.At((Left + width - Right) / 2)}\" y=\"{Html.At(height - 3)}\" text-anchor=\"middle\">{Html.Text(below)}</text>\n");
        foreach (var (sample, count) in samples.Zip(counts))
        {
            var steps = Enumerable.Range(0, Bins).SelectMany(bin => ((double X, double Y)[])
                [(Edge(x, bin), count[bin]), (Edge(x, bin + 1), count[bin])]).Prepend((x.Low, 0)).Append((x.High, 0));
            svg.Append($"<polygon class=\"histogram {sample.Class}\" points=\"{string.Join(" ", steps.Select(point => $"{Html.At(X(point.X))},{Html.At(Y(point.Y))}"))}\">"
                + $"<title>{Html.Text(sample.Name)}</title></polygon>\n");
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static int[] Count(IReadOnlyList<double> values, Axis x)
    {
        var counts = new int[Bins];
        foreach (var value in values) counts[Math.Clamp((int)(x.Share(value) * Bins), 0, Bins - 1)]++;
        return counts;
    }

    private static double Edge(Axis x, int bin) => x.Low + (x.High - x.Low) * bin / Bins;
}
