using NoraPipelines.Runs.Progress;
using Spectre.Console;

namespace NoraPipelines.Cli.Terminal;

/// <summary>The beginning and the end of what `run` tells.</summary>
internal static class RunNarrative
{
    public static void Begin(RunView view, PlanSummary plan, int seed, ChosenDevice device, RunDirectory directory)
    {
        view.Heading(plan.Description.Length > 0 ? $"{plan.Pipeline}: {plan.Description}" : plan.Pipeline);
        view.Say($"{plan.Method} trains {Sizes.Count(plan.Trainable)} of {Sizes.Count(plan.Total)} parameters ({Sizes.Percent(plan.Percent)}); "
            + $"seed {seed}, about {Sizes.Bytes(plan.Memory.Peak)} of memory.");
        if (device.Told is { } told) view.Say(told);
        view.Say($"Everything is kept in {directory.Path}");
    }

    public static void Finish(RunView view, RunReport report)
    {
        view.Heading("Result");
        var table = new Table().Border(TableBorder.Simple).AddColumn("").AddColumn(new TableColumn("Before").RightAligned())
            .AddColumn(new TableColumn("After").RightAligned());
        table.AddRow("training loss (first step, last step)", Optional(report.Loss.First), Optional(report.Loss.Last));
        foreach (var name in report.Evaluation.Before.Keys.Union(report.Evaluation.After.Keys))
            table.AddRow(Markup.Escape(name), Metric(report.Evaluation.Before, name), $"[bold]{Metric(report.Evaluation.After, name)}[/]");
        view.Show(table);
        view.Say($"{report.Steps} steps in {Sizes.Time(report.Seconds.GetValueOrDefault("train"))}, {Sizes.Count((long)report.TokensPerSecond)} tokens/s"
            + (report.PeakMemory is { } peak ? $", at most {Sizes.Bytes(peak)} of {(report.PeakMemorySource is null or MeasuredPeak.Process ? "memory" : "the card's memory")}." : "."));
        if (report.Adapter is { } adapter) view.Say($"Adapter: {adapter}");
        view.Say($"Report:  {report.Report}");
    }

    private static string Metric(IReadOnlyDictionary<string, double> metrics, string name) =>
        metrics.TryGetValue(name, out var value) ? Sizes.Number(value) : "–";

    private static string Optional(double? value) => value is { } number ? Sizes.Number(number) : "–";
}
