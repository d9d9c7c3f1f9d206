using System.CommandLine;
using System.Globalization;
using NoraPipelines.Cli.Terminal;
using NoraPipelines.Plans;
using Spectre.Console;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>`list`: the pipelines and sweeps of this program.</summary>
internal static class ListCommand
{
    private const string FirstToTry = "quickstart";

    public static Command Create(CommandContext context)
    {
        var command = new Command("list", "Shows the pipelines of this program") { CommonOptions.Json() };
        command.SetAction(_ => Run(context));
        return command;
    }

    private static int Run(CommandContext context)
    {
        var sweeps = context.Pipelines.Comparisons;
        var rows = context.Pipelines.All.Select(pipeline => ListedPipeline.Of(pipeline, sweeps)).ToArray();
        context.Output.Reply(rows, view => Show(view, rows, sweeps));
        return NoraCommandLine.Done;
    }

    /// <summary>A line for a pipeline and for a whole sweep: its variants differ in a key or two.</summary>
    private static void Show(RunView view, ListedPipeline[] rows, IReadOnlyList<Comparison> sweeps)
    {
        if (rows.Length == 0)
        {
            view.Say("This program has no pipelines. Add a <name>.nora.yaml to the project and build it again.");
            return;
        }
        var table = new Table().Border(TableBorder.Simple).AddColumns("Pipeline", "Model", "Method")
            .AddColumn(new TableColumn("Trains").RightAligned()).AddColumn("");
        var singles = rows.Where(row => row.Sweep is null).ToArray();
        var lines = singles.Select(row => (Name: row.Pipeline, Rows: new[] { row }, row.Description))
            .Concat(sweeps.Select(sweep => (sweep.Name, Rows: rows.Where(row => row.Sweep == sweep.Name).ToArray(), sweep.Description)))
            .OrderBy(line => line.Name, StringComparer.Ordinal);
        foreach (var (name, members, description) in lines)
            table.AddRow(new Text(members[0].Sweep is null ? name : $"{name} ({members.Length} variants)"),
                new Text(OneOrCount([.. members.Select(row => row.Architecture).Distinct()], "models")),
                new Text(OneOrCount([.. members.Select(row => row.Method).Distinct()], "methods")),
                new Text(Range(members.Min(row => row.Trainable), members.Max(row => row.Trainable))), new Text(description));
        view.Show(table);
        if ((singles.FirstOrDefault(row => row.Pipeline == FirstToTry) ?? singles.FirstOrDefault()) is { } first)
            view.Say($"`plan {first.Pipeline}` shows what a pipeline will do, `run {first.Pipeline}` does it.");
        if (sweeps is [var one, ..])
            view.Say($"`plan {one.Name}` shows the variants of a sweep, `compare {one.Name}` runs them all, "
                + $"`run {one.Variants[0].Pipeline.Plan.Name}` one of them.");
    }

    private static string OneOrCount(string[] different, string plural) =>
        different is [var one] ? one : string.Create(CultureInfo.InvariantCulture, $"{different.Length} {plural}");

    private static string Range(long least, long most) => least == most ? Sizes.Count(least) : $"{Sizes.Count(least)} – {Sizes.Count(most)}";

    /// <param name="Sweep">The spec whose variant it is; null: it is a spec of its own.</param>
    private sealed record ListedPipeline(string Pipeline, string Description, string Architecture, string Method, long Trainable, string? Sweep)
    {
        public static ListedPipeline Of(Pipeline pipeline, IReadOnlyList<Comparison> sweeps)
        {
            var plan = pipeline.Plan;
            var sweep = sweeps.FirstOrDefault(sweep => sweep.Variants.Any(variant => variant.Pipeline.Plan.Name == plan.Name));
            return new(plan.Name, plan.Description, Words.Of(plan.Model.Shape.Architecture), plan.Adapter.Method, plan.Trainable, sweep?.Name);
        }
    }
}
