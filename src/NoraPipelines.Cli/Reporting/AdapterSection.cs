using System.Globalization;
using System.Text.Json.Nodes;

namespace NoraPipelines.Cli.Reporting;

/// <summary>What was planned: targets with their ranks and counts, and the numbers of the training.</summary>
internal static class AdapterSection
{
    public static string Draw(ReportData data)
    {
        var plan = data.Plan.Summary;
        var targets = plan.Targets.Count == 0 ? "" : Html.Table(["Target", "Weight (out × in)", "Layers", "Rank", "Parameters that train"], plan.Targets.Select(target => (IReadOnlyList<string>)
        [
            Html.Text(target.Name), $"{target.Out} × {target.In}", target.Layers.ToString(CultureInfo.InvariantCulture),
            target.InnerRank is { } inner ? $"{target.OuterRank} / {inner}" : $"{target.OuterRank}", Sizes.Count(target.Count),
        ]));
        var training = data.Plan.Plan["training"] as JsonObject ?? [];
        var numbers = "<h3>Training</h3>\n<div class=\"pairs\">\n" + string.Concat(training.Where(pair => pair.Value is not null && pair.Key != "seeds")
            .Select(pair => $"<div><span>{Html.Text(pair.Key.Replace('_', ' '))}</span>{Html.Text(Shown(pair.Value!))}</div>\n")) + "</div>\n";
        var settings = data.Plan.Settings.Count == 0 ? "" : "<h3>Set for this run</h3>" + Html.Table(["Setting", "Value", "From"],
            data.Plan.Settings.Select(value => (IReadOnlyList<string>)[Html.Text(value.Key), Html.Text(value.Value), Html.Text(value.Source)]), numbers: false);
        return Html.Section("Plan", $"What {data.Plan.Spec} asked for, defaults included.", targets + numbers + settings);
    }

    /// <summary>A word or number as it is; a mapping by its kind and what else it has: cosine, warmup ratio 0.02.</summary>
    private static string Shown(JsonNode value) => value is not JsonObject mapping ? value.ToString() : string.Join(", ", mapping
        .Where(pair => pair.Value is not null)
        .OrderBy(pair => pair.Key == "kind" ? 0 : 1)
        .Select(pair => pair.Key == "kind" ? pair.Value!.ToString() : $"{pair.Key.Replace('_', ' ')} {pair.Value}"));
}
