using NoraPipelines.Cli.Comparing.Reporting;

namespace NoraPipelines.Cli.Comparing;

/// <summary>Writes a comparison's tables and its report, from its folder alone; each file as a whole or not at all.</summary>
internal static class ComparisonFiles
{
    /// <exception cref="NoraException">The folder's files cannot be read, or a table not written.</exception>
    public static ComparisonResults Write(string folder)
    {
        var results = ComparisonResults.Read(folder);
        RunDirectory.WriteText(results.CsvFile, ResultsCsv.Write(results));
        RunDirectory.WriteText(results.JsonFile, ResultsJson.Write(results));
        RunDirectory.WriteText(results.MarkdownFile, ResultsMarkdown.Write(results));
        RunDirectory.WriteText(results.ReportFile, ComparisonReport.Draw(results));
        return results;
    }
}
