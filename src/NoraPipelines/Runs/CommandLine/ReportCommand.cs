using System.CommandLine;
using NoraPipelines.Runs.Comparing;
using NoraPipelines.Runs.Reporting;

namespace NoraPipelines.Runs.CommandLine;

/// <summary>`report DIR`: writes the report.html of a run or a comparison anew from what its folder holds; of a comparison, the tables too.</summary>
internal static class ReportCommand
{
    public static Command Create(CommandContext context)
    {
        var folder = new Argument<string>("folder") { Description = "Folder of a run or of a comparison" };
        var command = new Command("report", "Writes report.html of a run or a comparison again, from its folder alone") { folder, CommonOptions.Json() };
        command.SetAction(parsed =>
        {
            var path = context.FullPath(parsed.GetRequiredValue(folder));
            if (ComparisonRecord.IsIn(path))
            {
                var results = ComparisonFiles.Write(path);
                context.Output.Reply(new { report = results.ReportFile, finished = results.IsFinished }, view => view.Say($"Report: {results.ReportFile}"));
                return NoraCommandLine.Done;
            }
            var directory = RunDirectory.Open(path);
            HtmlReport.Write(directory);
            context.Output.Reply(new { report = directory.ReportFile, finished = directory.IsFinished }, view => view.Say($"Report: {directory.ReportFile}"));
            return NoraCommandLine.Done;
        });
        return command;
    }
}
