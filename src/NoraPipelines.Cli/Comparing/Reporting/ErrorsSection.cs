using NoraPipelines.Cli.Reporting;
using NoraPipelines.Initialization;

namespace NoraPipelines.Cli.Comparing.Reporting;

/// <summary>
/// Output errors of random, SVD and AwSVD at the outer rank: over all projections (the paper's Figure 1b) and over the layers (Figure 7).
/// </summary>
internal static class ErrorsSection
{
    private const int Shown = 4;

    public static string Draw(ComparisonData data)
    {
        if (data.Starts.Count == 0) return "";
        var more = data.Starts.Count - Shown;
        var body = string.Concat(data.Starts.Take(Shown).Select(One))
            + (more > 0 ? $"<p class=\"note\">{more} more were measured; the reports of their runs have them.</p>" : "");
        return Html.Section("Output errors of the outer pair",
            "How much of a projection's output the outer rank loses, on calibration tokens held out from the statistics: "
            + "‖X(W − BA)ᵀ‖ / ‖XWᵀ‖. Every run measures all starts, whichever it takes. Lower is better.", body);
    }

    private static string One(MeasuredStart start)
    {
        var title = string.Join(", ", start.Variants);
        List<Sample> samples =
        [
            Of("random", "d", errors => errors.Random), Of("SVD", "b", errors => errors.Svd), Of("AwSVD", "a", errors => errors.AwSvd),
        ];
        if (start.Projections.All(projection => projection.Errors!.Covariance is not null))
            samples.Add(Of("covariance (the optimum)", "c", errors => errors.Covariance!.Value));
        var legend = LineChart.Legend(Near(samples).Select(sample => new Series(sample.Name, sample.Class, [])));
        return $"<h3>{Html.Text(title)}</h3>{Table(start, samples)}{legend}"
            + Histogram.Draw($"Output errors of the projections of {title}", "output error; height: projections", Near(samples), 900, 240)
            + LineChart.Legend(InitialisationSection.Lines(start.Projections)) + InitialisationSection.Multiples(start.Projections);

        Sample Of(string name, string style, Func<OutputErrors, double> error) =>
            new(name, style, [.. start.Projections.Select(projection => error(projection.Errors!))]);
    }

    /// <summary>Without random pairs where they lie so far off that the others would share a bin: the table has them.</summary>
    private static IReadOnlyList<Sample> Near(IReadOnlyList<Sample> samples) =>
        samples[0].Values.Min() > 1.5 * samples.Skip(1).Max(sample => sample.Values.Max()) ? [.. samples.Skip(1)] : samples;

    private static string Table(MeasuredStart start, IReadOnlyList<Sample> samples)
    {
        var kinds = start.Projections.Select((projection, index) => (Kind: projection.Projection.Split('.')[^1], Index: index))
            .GroupBy(pair => pair.Kind, pair => pair.Index).ToArray();
        var rows = kinds.Select(kind => Row(Html.Text(kind.Key), [.. kind]));
        return Html.Table(["Projection", .. samples.Select(sample => Html.Text(sample.Name)), "AwSVD against SVD"],
            kinds.Length > 1 ? rows.Append(Row("<b>all</b>", [.. Enumerable.Range(0, start.Projections.Count)])) : rows);

        IReadOnlyList<string> Row(string name, int[] indices)
        {
            double[] means = [.. samples.Select(sample => indices.Average(index => sample.Values[index]))];
            var change = means[1] > 0 ? 100 * (means[2] / means[1] - 1) : 0;
            var style = change < 0 ? "good" : change > 0 ? "bad" : "";
            var shown = $"<span class=\"{style}\">{(change < 0 ? "−" : "+")}{Sizes.Percent(Math.Abs(change))}</span>";
            return [name, .. means.Select(Sizes.Number), shown];
        }
    }
}
