using System.CommandLine;
using System.Globalization;
using NoraPipelines.Cli.Comparing;
using NoraPipelines.Cli.Terminal;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Settings;
using NoraPipelines.Runs.Walking;
using Spectre.Console;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>`plan`: what a run would do, with its settings, before anything is loaded.</summary>
internal static class PlanCommand
{
    public static Command Create(CommandContext context)
    {
        var (pipeline, set) = (CommonOptions.Pipeline(), CommonOptions.Set());
        var dryRun = new Option<bool>("--dry-run") { Description = "Walks a training step by its shapes: operators, bytes, memory, the least time on a GPU" };
        var card = new Option<string?>("--card") { Description = $"With --dry-run: the GPU, {Listing.Or(Card.All.Select(known => known.Name))}", HelpName = "CARD" };
        var command = new Command("plan", "Shows what a run would do: targets, parameters, memory, steps") { pipeline, set, dryRun, card, CommonOptions.Json() };
        command.SetAction(parsed =>
        {
            var (name, assignments) = (parsed.GetRequiredValue(pipeline), parsed.GetValue(set) ?? []);
            return parsed.GetValue(dryRun) ? DryRunCommand.Run(context, name, assignments, parsed.GetValue(card)) : Run(context, name, assignments, parsed.GetValue(card));
        });
        return command;
    }

    private static int Run(CommandContext context, string name, string[] assignments, string? card)
    {
        if (card is not null) throw new UsageException("--card says which GPU a step is walked for, and none is. Give --dry-run as well, or leave it out.");
        if (context.Pipelines.Comparisons.FirstOrDefault(sweep => sweep.Name == name) is { } comparison)
        {
            var planned = ComparisonPlan.Of(comparison, context, new CompareRequest(name, assignments, null, null, null, false), earlier: null);
            context.Output.Reply(PlannedComparison.Of(planned.Record), view => Show(view, planned.Record));
            return NoraCommandLine.Done;
        }
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
            + $" + optimizer {Sizes.Bytes(memory.Optimizer)} + activations {Sizes.Bytes(memory.Activations)}"
            + (memory.Examples > 0 ? $" + examples {Sizes.Bytes(memory.Examples)}" : "") + $" + libraries {Sizes.Bytes(memory.Runtime)}.");
        if (summary.EvaluationMemory > memory.Peak)
        {
            view.Say($"An evaluation takes up to {Sizes.Bytes(summary.EvaluationMemory)}, if its prompts are as long as the longest example; "
                + "with a smaller `batch` of its own it takes less.");
        }
        var tokens = Sizes.Count(summary.TokensPerStep);
        view.Say(summary.Steps is { } steps ? $"{Sizes.Count(steps)} optimizer steps of at most {tokens} tokens."
            : $"The number of optimizer steps follows from the data; each has at most {tokens} tokens.");
        Say(view, settings.Given);
        foreach (var warning in PlanChecks.Check(settings.Plan)) view.Warn($"{warning.Path}: {warning.Message}");
    }

    private static void Show(RunView view, ComparisonRecord sweep)
    {
        view.Heading(sweep.Description.Length > 0 ? $"{sweep.Comparison}: {sweep.Description}" : sweep.Comparison);
        view.Say($"{Count(sweep.Variants.Count, "variant")}, {Count(sweep.Seeds.Count, "seed")} each: "
            + $"{Count(sweep.Variants.Count * sweep.Seeds.Count, "run")}, with the same data in the same order for the same seed.");
        var table = new Table().Border(TableBorder.Simple).AddColumns("Variant", "Method")
            .AddColumn(new TableColumn("Trains").RightAligned()).AddColumn(new TableColumn("Memory").RightAligned())
            .AddColumn(new TableColumn("Steps").RightAligned()).AddColumn("What it changes");
        foreach (var variant in sweep.Variants)
            table.AddRow(new Text(variant.Name), new Text(variant.Summary.Method), new Text(Sizes.Count(variant.Summary.Trainable)),
                new Text(Sizes.Bytes(variant.Summary.Memory.Peak)), new Text(variant.Summary.Steps is { } steps ? Sizes.Count(steps) : "–"),
                new Text(variant.Values.Count == 0 ? "nothing" : string.Join("\n", variant.Values.Select(value => $"{value.Key} {value.Value}"))));
        view.Show(table);
        Say(view, sweep.Settings);
        view.Say($"`compare {sweep.Comparison}` runs them all, `plan {sweep.Variants[0].Pipeline}` shows one of them whole.");
    }

    private static string Count(int count, string noun) => $"{Sizes.Count(count)} {noun}{(count == 1 ? "" : "s")}";

    private static void Say(RunView view, IEnumerable<SettingValue> given)
    {
        foreach (var value in given) view.Say($"{value.Key} = {value.Value} ({value.Source})");
    }
}
