using NoraPipelines.Cli.Reporting;

namespace NoraPipelines.Cli.Comparing.Reporting;

/// <summary>What the variants change of the base spec, and what was set for all.</summary>
internal static class VariantsSection
{
    public static string Draw(ComparisonRecord record)
    {
        string[] keys = [.. record.Variants.SelectMany(variant => variant.Values).Select(value => value.Key).Distinct()];
        string[] head = ["Variant", .. keys.Select(Html.Text), "Parameters that train", "Pipeline"];
        var table = Html.Table(head, record.Variants.Select(variant => (IReadOnlyList<string>)
        [
            Html.Text(variant.Name),
            .. keys.Select(key => variant.Values.FirstOrDefault(value => value.Key == key) is { } value ? Html.Text(value.Value) : "–"),
            $"{Sizes.Count(variant.Summary.Trainable)} ({Sizes.Percent(variant.Summary.Percent)})", Html.Text(variant.Pipeline),
        ]), numbers: false);
        var settings = record.Settings.Count == 0 ? "" : "<h3>Set for all</h3>" + Html.Table(["Setting", "Value", "From"],
            record.Settings.Select(value => (IReadOnlyList<string>)[Html.Text(value.Key), Html.Text(value.Value), Html.Text(value.Source)]),
            numbers: false);
        return Html.Section("Variants", $"What each of them has that {record.Spec} has not; – stands for the spec's own.", table + settings);
    }
}
