using System.Globalization;
using NoraPipelines.Cli.Reporting;

namespace NoraPipelines.Cli.Comparing.Reporting;

/// <summary>report.html of a comparison: one file, made from the comparison's folder alone; nothing is fetched when it is opened.</summary>
internal static class ComparisonReport
{
    private const string Folders = "Of the first run. Every run's own folder, variant/seed, has its report and its plan.";

    public static string Draw(ComparisonResults results) => Draw(ComparisonData.Read(results));

    private static string Draw(ComparisonData data) => HtmlReport.Page(data.Results.Record.Comparison, $"""
        {Header(data)}
        {ScoresSection.Draw(data)}
        {CurvesSection.Draw(data)}
        {ParametersSection.Draw(data)}
        {ErrorsSection.Draw(data)}
        {CostSection.Draw(data)}
        {VariantsSection.Draw(data.Results.Record)}
        {EnvironmentSection.Draw(data.Environment, data.Results.Folder, Folders)}
        """);

    private static string Header(ComparisonData data)
    {
        var (results, record) = (data.Results, data.Results.Record);
        string[] facts =
        [
            $"{record.Variants.Count} variants", $"{(record.Seeds.Count == 1 ? "seed" : "seeds")} {string.Join(", ", record.Seeds)}",
            results.IsFinished
                ? "finished"
                : $"{results.Runs.Count(run => run.State == RunState.Finished)} of {results.Runs.Count} runs finished",
            record.Started.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture),
        ];
        return $"<header><h1>{Html.Text(record.Comparison)}</h1>\n<p class=\"lead\">{Html.Text(record.Description)}</p>\n"
            + $"<p class=\"chips\">{string.Concat(facts.Select(fact => $"<span>{Html.Text(fact)}</span>"))}</p></header>";
    }
}
