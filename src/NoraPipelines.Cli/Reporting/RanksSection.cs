using System.Globalization;

namespace NoraPipelines.Cli.Reporting;

/// <summary>AdaLoRA: the mean rank over the steps, and the ranks that each kind of projection kept over the layers.</summary>
internal static class RanksSection
{
    private const int Points = 600;

    public static string Draw(ReportData data)
    {
        (double X, double Y)[] mean = [.. from step in data.Steps let rank = step.Method?.GetValueOrDefault("mean_rank", -1) ?? -1 where rank >= 0 select ((double)step.Step, rank)];
        if (mean.Length == 0) return "";
        var body = "<h3>Mean rank</h3>" + LineChart.Draw("Mean rank over steps", "step", [new Series("mean rank", "a", LineChart.Thin(mean, Points))], 900, 220, fromZero: true);
        if (data.Ranks.Count > 0) body += "<h3>Ranks kept</h3>" + Table(data.Ranks);
        return Html.Section("Ranks", "Triples that the budget left to each projection: the rest had the least effect on the loss.", body);
    }

    private static string Table(IReadOnlyDictionary<string, int> ranks)
    {
        var kinds = ranks.GroupBy(pair => pair.Key.Split('.')[^1]).ToArray();
        return Html.Table(["Projection", "Ranks, layer by layer", "Sum"], kinds.Select(kind => (IReadOnlyList<string>)
        [
            Html.Text(kind.Key), string.Join(" ", kind.Select(pair => pair.Value.ToString(CultureInfo.InvariantCulture))),
            kind.Sum(pair => pair.Value).ToString(CultureInfo.InvariantCulture),
        ]));
    }
}
