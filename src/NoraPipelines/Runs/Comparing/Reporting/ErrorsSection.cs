using NoraPipelines.Initialization;
using NoraPipelines.Runs.Reporting;

namespace NoraPipelines.Runs.Comparing.Reporting;

/// <summary>Output errors of random, SVD and AwSVD at the outer rank: over all projections (Figure 1b) and over the layers (Figure 7).</summary>
internal static class ErrorsSection
{
    private const int Shown = 4;

    public static string Draw(ComparisonData data)
    {
        if (data.Starts.Count == 0) return "";
        var body = string.Concat(data.Starts.Take(Shown).Select(One))
            + (data.Starts.Count > Shown ? $"<p class=\"note\">{data.Starts.Count - Shown} more were measured; the reports of their runs have them.</p>" : "");
        return Html.Section("Output errors of the outer pair",
            "How much of a projection's output the outer rank loses, on calibration tokens held out from the statistics: ‖X(W − BA)ᵀ‖ / ‖XWᵀ‖. Every run "
            + "measures all starts, whichever it takes. Lower is better.", body);
    }

    private static string One(MeasuredStart start)
    {
        var title = string.Join(", ", start.Variants);
        List<Sample> samples = [Of("random", "c", errors => errors.Random), Of("SVD", "b", errors => errors.Svd), Of("AwSVD", "a", errors => errors.AwSvd)];
        if (start.Projections.All(projection => projection.Errors!.Covariance is not null)) samples.Add(Of("covariance (the optimum)", "d", errors => errors.Covariance!.Value));
        var legend = LineChart.Legend(samples.Select(sample => new Series(sample.Name, sample.Class, [])));
        return $"<h3>{Html.Text(title)}</h3>{Table(start, samples)}{legend}"
            + Histogram.Draw($"Output errors of the projections of {title}", "output error; height: projections", samples, 900, 240)
            + LineChart.Legend(InitialisationSection.Lines(start.Projections)) + InitialisationSection.Multiples(start.Projections);

        Sample Of(string name, string style, Func<OutputErrors, double> error) => new(name, style, [.. start.Projections.Select(projection => error(projection.Errors!))]);
    }

    private static string Table(MeasuredStart start, IReadOnlyList<Sample> samples)
    {
        var kinds = start.Projections.Select((projection, index) => (Kind: projection.Projection.Split('.')[^1], Index: index)).GroupBy(pair => pair.Kind, pair => pair.Index).ToArray();
        var rows = kinds.Select(kind => Row(Html.Text(kind.Key), [.. kind]));
        return Html.Table(["Projection", .. samples.Select(sample => Html.Text(sample.Name)), "AwSVD against SVD"],
            kinds.Length > 1 ? rows.Append(Row("<b>all</b>", [.. Enumerable.Range(0, start.Projections.Count)])) : rows);

        IReadOnlyList<string> Row(string name, int[] indices)
        {
            double[] means = [.. samples.Select(sample => indices.Average(index => sample.Values[index]))];
            var change = means[1] > 0 ? 100 * (means[2] / means[1] - 1) : 0;
            return [name, .. means.Select(Sizes.Number), $"<span class=\"{(change < 0 ? "good" : change > 0 ? "bad" : "")}\">{(change < 0 ? "−" : "+")}{Sizes.Percent(Math.Abs(change))}</span>"];
        }
    }
}
