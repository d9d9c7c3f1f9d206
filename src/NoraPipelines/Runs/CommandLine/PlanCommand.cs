using System.CommandLine;
using System.Globalization;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Reporting;
using NoraPipelines.Runs.Settings;
using NoraPipelines.Runs.Terminal;
using Spectre.Console;

namespace NoraPipelines.Runs.CommandLine;

/// <summary>`plan`: what a run would do, with its settings, before anything is loaded.</summary>
internal static class PlanCommand
{
    public static Command Create(CommandContext context)
    {
        var (pipeline, set) = (CommonOptions.Pipeline(), CommonOptions.Set());
        var command = new Command("plan", "Shows what a run would do: targets, parameters, memory, steps") { pipeline, set, CommonOptions.Json() };
        command.SetAction(parsed => Run(context, parsed.GetRequiredValue(pipeline), parsed.GetValue(set) ?? []));
        return command;
    }

    private static int Run(CommandContext context, string name, string[] assignments)
    {
        var pipeline = context.Pipelines.Find(name);
        var settings = context.Settings(pipeline, assignments);
        var summary = PlanSummary.Of(settings.Plan, DataRows.Count(pipeline, settings.Plan));
        context.Output.Reply(summary, view => Show(view, summary, settings));
        return NoraCommandLine.Done;
    }

    private static void Show(RunView view, PlanSummary summary, RunSettings settings)
    {
        view.Heading(summary.Description.Length > 0 ? $"{summary.Pipeline}: {summary.Description}" : summary.Pipeline);
        view.Say($"{Sizes.Count(summary.Trainable)} of {Sizes.Count(summary.Total)} parameters train ({Sizes.Percent(summary.Percent)}), method {summary.Method}.");
        if (summary.Targets.Count > 0)
        {
            var table = new Table().Border(TableBorder.Simple).AddColumns("Target", "Weight", "Layers", "Ranks").AddColumn(new TableColumn("Trains").RightAligned());
            foreach (var target in summary.Targets)
                table.AddRow(target.Name, $"{target.Out}×{target.In}", target.Layers.ToString(CultureInfo.InvariantCulture),
                    target.InnerRank is { } inner ? $"{target.OuterRank}/{inner}" : $"{target.OuterRank}", Sizes.Count(target.Count));
            view.Show(table);
        }
        var memory = summary.Memory;
        view.Say($"Memory, estimated: {Sizes.Bytes(memory.Peak)} = weights {Sizes.Bytes(memory.Weights)} + adapters {Sizes.Bytes(memory.Adapters)}"
            + $" + optimizer {Sizes.Bytes(memory.Optimizer)} + activations {Sizes.Bytes(memory.Activations)}.");
        view.Say($"{(summary.Steps is { } steps ? Sizes.Count(steps) : "As many as the data give")} optimizer steps of at most {Sizes.Count(summary.TokensPerStep)} tokens.");
        foreach (var value in settings.Given) view.Say($"{value.Key} = {value.Value} ({value.Source})");
        foreach (var warning in PlanChecks.Check(settings.Plan)) view.Warn($"{warning.Path}: {warning.Message}");
    }
}
