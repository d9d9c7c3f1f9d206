using System.Globalization;
using NoraPipelines.Initialization;

namespace NoraPipelines.Cli.Reporting;

/// <summary>Output error of the outer pair, a small chart for each kind of projection over the layers.</summary>
internal static class InitialisationSection
{
    public static string Draw(ReportData data)
    {
        if (data.Start is not { } start) return "";
        var measured = start.Projections.Where(projection => projection.Errors is not null).ToArray();
        var body = measured.Length == 0 ? "" : Means(start.MeanErrors!) + LineChart.Legend(Lines([])) + Multiples(measured);
        var worst = start.Projections.OrderByDescending(projection => projection.StartRatio).FirstOrDefault();
        var floored = start.Projections.Sum(projection => projection.FlooredChannels);
        if (worst is not null)
            body += $"<p class=\"note\">At the start the adapter has at most {Sizes.Percent(100 * worst.StartRatio)} of its weight's norm ({Html.Text(worst.Projection)}). "
                + (floored > 0 ? $"{Sizes.Count(floored)} input channels were nearly silent; their scale was raised to the floor.</p>" : "</p>");
        return Html.Section("Initialisation of the outer pair",
            "How much of a projection's output the outer rank loses, on calibration tokens held out from the statistics: ‖X(W − BA)ᵀ‖ / ‖XWᵀ‖. Lower is better; "
            + "1 is what no weight at all would give.", body);
    }

    private static string Means(OutputErrors errors)
    {
        List<(string Name, double Value)> rows = [("random", errors.Random), ("SVD", errors.Svd), ("AwSVD", errors.AwSvd)];
        if (errors.Covariance is { } covariance) rows.Add(("covariance (the optimum)", covariance));
        return "<h3>Mean of all projections</h3>" + Bars.Draw(rows.Select(row => (row.Name, row.Value, Sizes.Number(row.Value))));
    }

    public static string Multiples(IReadOnlyList<ProjectionInitialization> measured) =>
        "<div class=\"multiples\">\n" + string.Concat(measured.GroupBy(projection => projection.Projection.Split('.')[^1]).Select(group =>
            $"<div><h3>{Html.Text(group.Key)}</h3>{LineChart.Draw($"Output error of {group.Key} over layers", "layer", Lines([.. group]), 300, 190, fromZero: true, layers: true)}</div>\n")) + "</div>\n";

    public static IReadOnlyList<Series> Lines(IReadOnlyList<ProjectionInitialization> group)
    {
        List<Series> lines = [Line("SVD", "b", errors => errors.Svd), Line("AwSVD", "a", errors => errors.AwSvd)];
        if (group.All(projection => projection.Errors!.Covariance is not null)) lines.Add(Line("covariance", "c", errors => errors.Covariance!.Value));
        return lines;

        Series Line(string name, string style, Func<OutputErrors, double> error) =>
            new(name, style, [.. group.Select((projection, index) => (Layer(projection.Projection) ?? index, error(projection.Errors!)))], Dots: true);
    }

    /// <summary>The first number of a path: model.layers.3.mlp.up_proj → 3.</summary>
    private static double? Layer(string path) =>
        path.Split('.').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (double?)number : null)
            .FirstOrDefault(number => number is not null);
}
