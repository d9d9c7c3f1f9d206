using System.Text;
using NoraPipelines.Cli.Reporting;

namespace NoraPipelines.Cli.Comparing.Reporting;

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
            var at = Html.At(Y(tick));
            svg.Append($"<line class=\"grid\" x1=\"{Html.At(Left)}\" x2=\"{Html.At(width - Right)}\" y1=\"{at}\" y2=\"{at}\"/>");
            svg.Append($"<text x=\"{Html.At(Left - 8)}\" y=\"{Html.At(Y(tick) + 4)}\" text-anchor=\"end\">{y.Label(tick)}</text>\n");
        }
        foreach (var tick in x.Ticks)
            svg.Append(Text(X(tick), height - Bottom + 16, x.Label(tick)));
        svg.Append(Text((Left + width - Right) / 2, height - 3, below));
        foreach (var (sample, count) in samples.Zip(counts))
        {
            var steps = Enumerable.Range(0, Bins).SelectMany(bin => ((double X, double Y)[])
                [(Edge(x, bin), count[bin]), (Edge(x, bin + 1), count[bin])]).Prepend((x.Low, 0)).Append((x.High, 0));
            var outline = string.Join(" ", steps.Select(point => $"{Html.At(X(point.X))},{Html.At(Y(point.Y))}"));
            svg.Append($"<polygon class=\"histogram {sample.Class}\" points=\"{outline}\">"
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

    private static string Text(double x, double y, string text) =>
        $"<text x=\"{Html.At(x)}\" y=\"{Html.At(y)}\" text-anchor=\"middle\">{Html.Text(text)}</text>\n";

    private static double Edge(Axis x, int bin) => x.Low + (x.High - x.Low) * bin / Bins;
}
