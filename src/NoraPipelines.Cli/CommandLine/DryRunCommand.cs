using System.Globalization;
using NoraPipelines.Cli.Terminal;
using NoraPipelines.Runs.Walking;
using Spectre.Console;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>`plan --dry-run`: a training step as a GPU would see it, from shapes alone; no weights, no data and no GPU are needed.</summary>
internal static class DryRunCommand
{
    /// <param name="card">Null: the first that is known.</param>
    /// <exception cref="UsageException">An unknown card, or a sweep.</exception>
    public static int Run(CommandContext context, string name, string[] assignments, string? card)
    {
        var chosen = card is null ? Card.All[0] : Card.Of(card);
        if (context.Pipelines.Comparisons.FirstOrDefault(sweep => sweep.Name == name) is { } comparison)
        {
            throw new UsageException($"'{name}' is a sweep, and --dry-run walks a step of one pipeline. Its variants are pipelines, such as "
                + $"{comparison.Variants[0].Pipeline.Plan.Name}; `plan {name}` lists them.");
        }
        var walked = DryRun.Of(context.Settings(context.Pipelines.Find(name), assignments).Plan, chosen);
        context.Output.Reply(walked, view => Show(view, walked));
        return NoraCommandLine.Done;
    }

    private static void Show(RunView view, DryRun walked)
    {
        view.Heading($"{walked.Pipeline}: one optimizer step of {Sizes.Count(walked.Tokens)} tokens on {walked.Card}, walked by its shapes");
        var table = new Table().Border(TableBorder.Simple).AddColumn("Part");
        foreach (var heading in (ReadOnlySpan<string>)["Operators", "TFLOP", "GB moved", "ms at least"]) table.AddColumn(new TableColumn(heading).RightAligned());
        foreach (var part in walked.Parts.Append(walked.Total))
            table.AddRow(part.Part, Sizes.Count(part.Operators), Number(part.Operations / 1e12), Number(part.Bytes / 1e9), Number(1e3 * part.Seconds));
        view.Show(table);
        view.Say($"At least {Sizes.Number(walked.Total.Seconds)} s a step: each operator takes as long as its products at the card's rate or its bytes at the card's "
            + $"bandwidth, whichever is longer. At most {Sizes.Count((long)walked.TokensPerSecond)} tokens/s"
            + (walked.Passes > 1 ? $", in {Sizes.Count(walked.Passes)} passes a step." : "."));
        view.Say($"Memory of all tensors at the most: {Sizes.Bytes(walked.WalkedMemory)} as walked, {Sizes.Bytes(walked.PlannedMemory)} by the plan's formula; the card has "
            + $"{Sizes.Bytes(walked.CardMemory)}.");
        if (walked.WalkedMemory > walked.CardMemory) view.Warn("The step does not fit: make training.micro_batch smaller, or set training.gradient_checkpointing.");
    }

    private static string Number(double value) => value.ToString(value >= 100 ? "N0" : value >= 1 ? "N1" : "N3", CultureInfo.InvariantCulture);
}
