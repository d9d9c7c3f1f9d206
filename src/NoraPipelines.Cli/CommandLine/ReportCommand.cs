using System.CommandLine;
using NoraPipelines.Cli.Comparing;
using NoraPipelines.Cli.Reporting;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>
/// `report DIR`: writes the report.html of a run or a comparison anew from what its folder holds; of a comparison, the tables too.
/// </summary>
internal static class ReportCommand
{
    public static Command Create(CommandContext context)
    {
        var folder = new Argument<string>("folder") { Description = "Folder of a run or of a comparison" };
        var command = new Command("report", "Writes report.html of a run or a comparison again, from its folder alone")
        {
            folder, CommonOptions.Json(),
        };
        command.SetAction(parsed =>
        {
            var path = context.FullPath(parsed.GetRequiredValue(folder));
            if (ComparisonRecord.IsIn(path))
            {
                var results = ComparisonFiles.Write(path);
                Reply(context, results.ReportFile, results.IsFinished);
                return NoraCommandLine.Done;
            }
            var directory = RunDirectory.Open(path);
            HtmlReport.Write(directory);
            Reply(context, directory.ReportFile, directory.IsFinished);
            return NoraCommandLine.Done;
        });
        return command;
    }

    private static void Reply(CommandContext context, string report, bool finished) =>
        context.Output.Reply(new { report, finished }, view => view.Say($"Report: {report}"));
}
