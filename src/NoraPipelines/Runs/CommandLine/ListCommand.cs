using System.CommandLine;
using System.Globalization;
using NoraPipelines.Plans;
using Spectre.Console;

namespace NoraPipelines.Runs.CommandLine;

/// <summary>`list`: the pipelines of this program.</summary>
internal static class ListCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("list", "Shows the pipelines of this program") { CommonOptions.Json() };
        command.SetAction(_ => Run(context));
        return command;
    }

    private static int Run(CommandContext context)
    {
        var rows = context.Pipelines.All.Select(pipeline => pipeline.Plan).Select(plan => new ListedPipeline(
            plan.Name, plan.Description, Words.Of(plan.Model.Shape.Architecture), plan.Adapter.Method, plan.Trainable)).ToArray();
        context.Output.Reply(rows, view =>
        {
            if (rows.Length == 0)
            {
                view.Say("This program has no pipelines. Add a <name>.nora.yaml to the project and build it again.");
                return;
            }
            var table = new Table().Border(TableBorder.Simple).AddColumns("Pipeline", "Model", "Method")
                .AddColumn(new TableColumn("Trains").RightAligned()).AddColumn("");
            foreach (var row in rows)
                table.AddRow(new Text(row.Pipeline), new Text(row.Architecture), new Text(row.Method),
                    new Text(row.Trainable.ToString("N0", CultureInfo.InvariantCulture)), new Text(row.Description));
            view.Show(table);
            view.Say($"`plan {rows[0].Pipeline}` shows what a pipeline will do, `run {rows[0].Pipeline}` does it.");
        });
        return NoraCommandLine.Done;
    }

    private sealed record ListedPipeline(string Pipeline, string Description, string Architecture, string Method, long Trainable);
}
