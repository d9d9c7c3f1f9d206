using System.CommandLine;
using NoraPipelines.Runs.Reporting;
using Spectre.Console;

namespace NoraPipelines.Runs.CommandLine;

/// <summary>`evaluate`: scores an adapter, or the base model, by the pipeline's tasks.</summary>
internal static class EvaluateCommand
{
    public static Command Create(CommandContext context)
    {
        var (pipeline, set, adapter) = (CommonOptions.Pipeline(), CommonOptions.Set(), CommonOptions.Adapter(required: false));
        var command = new Command("evaluate", "Scores an adapter by the pipeline's tasks; without one, the base model") { pipeline, adapter, set, CommonOptions.Json() };
        command.SetAction(parsed => Run(context, context.Pipelines.Find(parsed.GetRequiredValue(pipeline)), parsed.GetValue(set) ?? [], parsed.GetValue(adapter)));
        return command;
    }

    private static int Run(CommandContext context, Pipeline pipeline, string[] assignments, string? adapter)
    {
        if (pipeline.Plan.Evaluation.Count == 0)
            throw new NoraException($"{pipeline.Plan.Name} has no tasks to be scored by. Add an evaluation to {pipeline.SpecFile} and build again.");
        using var session = ModelSession.Open(context, pipeline, assignments, adapter);
        var scores = pipeline.Evaluate(session.Run, session.Loaded);
        context.Output.Reply(new EvaluationAnswer(pipeline.Plan.Name, session.AdapterFolder, scores.Values, scores.Protocol), view =>
        {
            var table = new Table().Border(TableBorder.Simple).AddColumn("Metric").AddColumn(new TableColumn("Value").RightAligned());
            foreach (var (name, value) in scores.Values) table.AddRow(Markup.Escape(name), Sizes.Number(value));
            view.Show(table);
        });
        return NoraCommandLine.Done;
    }

    private sealed record EvaluationAnswer(string Pipeline, string? Adapter, IReadOnlyDictionary<string, double> Evaluation, string Protocol);
}
