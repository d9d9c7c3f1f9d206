using System.CommandLine;
using NoraPipelines.Runs.Reporting;

namespace NoraPipelines.Runs.CommandLine;

/// <summary>`report DIR`: writes a run's report.html anew from what its folder holds.</summary>
internal static class ReportCommand
{
    public static Command Create(CommandContext context)
    {
        var folder = new Argument<string>("folder") { Description = "Folder of a run" };
        var command = new Command("report", "Writes a run's report.html again, from its folder alone") { folder, CommonOptions.Json() };
        command.SetAction(parsed =>
        {
            var directory = RunDirectory.Open(context.FullPath(parsed.GetRequiredValue(folder)));
            HtmlReport.Write(directory);
            context.Output.Reply(new { report = directory.ReportFile, finished = directory.IsFinished }, view => view.Say($"Report: {directory.ReportFile}"));
            return NoraCommandLine.Done;
        });
        return command;
    }
}
