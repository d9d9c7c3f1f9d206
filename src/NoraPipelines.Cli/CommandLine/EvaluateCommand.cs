using System.CommandLine;
using System.Globalization;
using NoraPipelines.Checkpoints;
using NoraPipelines.Data;
using NoraPipelines.Runs.Folder;
using Spectre.Console;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>`evaluate`: scores an adapter, or the base model, by the pipeline's tasks.</summary>
internal static class EvaluateCommand
{
    public static Command Create(CommandContext context)
    {
        var (pipeline, set, adapter, device) = (CommonOptions.Pipeline(), CommonOptions.Set(), CommonOptions.Adapter(required: false), CommonOptions.Device());
        var output = new Option<string?>("--output")
        {
            Description = "Folder for predictions and scores; left out: evaluations/<pipeline>/<time>",
            HelpName = "DIR",
        };
        var command = new Command("evaluate", "Scores an adapter by the pipeline's tasks; without one, the base model") { pipeline, adapter, output, set, device, CommonOptions.Json() };
        command.SetAction(parsed => Run(context, context.Pipelines.Find(parsed.GetRequiredValue(pipeline)), parsed.GetValue(set) ?? [],
            parsed.GetValue(device), parsed.GetValue(adapter), parsed.GetValue(output)));
        return command;
    }

    private static int Run(CommandContext context, Pipeline pipeline, string[] assignments, string? device, string? adapter, string? output)
    {
        if (pipeline.Plan.Evaluation.Count == 0)
            throw new NoraException($"{pipeline.Plan.Name} has no tasks to be scored by. Add an evaluation to {pipeline.SpecFile} and build again.");
        var folder = context.FullPath(output
            ?? Path.Combine("evaluations", pipeline.Plan.Name, context.Host.Now().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)));
        AtomicFile.Sweep(folder); // of an earlier evaluation that was killed
        using var session = ModelSession.Open(context, pipeline, assignments, device, adapter, context.Output.View, folder);
        var scores = pipeline.Score(session.Run, session.Loaded);
        var answer = new EvaluationAnswer(pipeline.Plan.Name, session.AdapterFolder, scores.Values, scores.Protocol, session.Run.Progress.Data, folder);
        AtomicFile.WriteText(Path.Combine(folder, "scores.json"), RunJson.Write(answer) + "\n");
        context.Output.Reply(answer, view =>
        {
            var table = new Table().Border(TableBorder.Simple).AddColumn("Metric").AddColumn(new TableColumn("Value").RightAligned());
            foreach (var (name, value) in scores.Values) table.AddRow(Markup.Escape(name), Sizes.Number(value));
            view.Show(table);
            view.Say($"Predictions and scores: {folder}");
        });
        return NoraCommandLine.Done;
    }

    private sealed record EvaluationAnswer(string Pipeline, string? Adapter, IReadOnlyDictionary<string, double> Evaluation, string Protocol,
        IReadOnlyDictionary<string, EncodedRows> Data, string Folder);
}
