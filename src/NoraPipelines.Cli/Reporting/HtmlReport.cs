using System.Globalization;

namespace NoraPipelines.Cli.Reporting;

/// <summary>report.html: one file that shows a run, made from the run's folder alone; nothing is fetched when it is opened.</summary>
internal static class HtmlReport
{
    /// <exception cref="NoraException">The folder's files cannot be read, or the report not written.</exception>
    public static void Write(RunDirectory directory) => RunDirectory.WriteText(directory.ReportFile, Draw(ReportData.Read(directory)));

    internal static string Draw(ReportData data) => Page($"{data.Plan.Pipeline}, seed {data.Plan.Seed}", $"""
        {Header(data)}
        {OverviewSection.Draw(data)}
        {DataSection.Draw(data)}
        {TrainingSection.Draw(data)}
        {RanksSection.Draw(data)}
        {EvaluationSection.Draw(data)}
        {InitialisationSection.Draw(data)}
        {AdapterSection.Draw(data)}
        {ResourcesSection.Draw(data)}
        {UseSection.Draw(data)}
        {EnvironmentSection.Draw(data)}
        """);

    /// <summary>A page of its own that may fetch nothing.</summary>
    /// <param name="body">HTML.</param>
    public static string Page(string title, string body) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>{Html.Text(title)}</title>
        <style>{ReportStyle.Sheet}</style>
        </head>
        <body><main>
        {body}
        </main></body>
        </html>

        """;

    private static string Header(ReportData data)
    {
        var state = data.Result is not null ? "finished" : data.Steps.Count > 0 ? $"not finished: step {data.Steps[^1].Step} of {data.Steps[^1].Steps}" : "not finished";
        var started = data.Environment?.Started.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);
        var facts = new[] { data.Plan.Summary.Method, data.Plan.Summary.Architecture, $"seed {data.Plan.Seed}", state, started }.Where(fact => fact is not null);
        return $"<header><h1>{Html.Text(data.Plan.Pipeline)}</h1>\n<p class=\"lead\">{Html.Text(data.Plan.Summary.Description)}</p>\n"
            + $"<p class=\"chips\">{string.Concat(facts.Select(fact => $"<span>{Html.Text(fact)}</span>"))}</p></header>";
    }
}
