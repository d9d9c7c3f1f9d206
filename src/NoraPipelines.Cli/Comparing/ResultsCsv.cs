using System.Globalization;

namespace NoraPipelines.Cli.Comparing;

/// <summary>results.csv: a row for each variant and seed, in the order in which they are run (RFC 4180; numbers in full).</summary>
internal static class ResultsCsv
{
    public static string Write(ComparisonResults results)
    {
        var columns = Columns(results);
        return Line(columns.Select(column => column.Name))
            + string.Concat(results.Runs.Select(run => Line(columns.Select(column => column.Cell(run)))));
    }

    private static List<(string Name, Func<ComparedRun, string?> Cell)> Columns(ComparisonResults results)
    {
        var variants = results.Record.Variants.ToDictionary(variant => variant.Name);
        List<(string, Func<ComparedRun, string?>)> columns =
        [
            ("variant", run => run.Variant),
            ("seed", run => Whole(run.Seed)),
            ("status", run => Word(run.State)),
        ];
        foreach (var key in results.Record.Variants.SelectMany(variant => variant.Values).Select(value => value.Key).Distinct())
            columns.Add((key, run => variants[run.Variant].Values.FirstOrDefault(value => value.Key == key)?.Value));
        columns.Add(("trainable", run => Whole(run.Report?.Trainable ?? variants[run.Variant].Summary.Trainable)));
        foreach (var metric in results.Metrics) columns.Add((metric, run => Of(run.Report?.Evaluation.After, metric)));
        foreach (var metric in results.Metrics) columns.Add(("before." + metric, run => Of(run.Report?.Evaluation.Before, metric)));
        columns.Add(("steps", run => Whole(run.Report?.Steps)));
        columns.Add(("loss.first", run => Number(run.Report?.Loss.First)));
        columns.Add(("loss.last", run => Number(run.Report?.Loss.Last)));
        if (results.Runs.Any(run => run.Report?.AwSvd is not null))
        {
            columns.Add(("error.random", run => Number(run.Report?.AwSvd?.Error.Random)));
            columns.Add(("error.svd", run => Number(run.Report?.AwSvd?.Error.Svd)));
            columns.Add(("error.awsvd", run => Number(run.Report?.AwSvd?.Error.AwSvd)));
            columns.Add(("error.covariance", run => Number(run.Report?.AwSvd?.Error.Covariance)));
        }
        foreach (var stage in results.Runs.SelectMany(run => run.Report?.Seconds.Keys ?? []).Distinct())
            columns.Add(("seconds." + stage, run => Of(run.Report?.Seconds, stage)));
        columns.Add(("tokens_per_second", run => Number(run.Report?.TokensPerSecond)));
        columns.Add(("peak_memory", run => Whole(run.Report?.PeakMemory)));
        columns.Add(("folder", run => Path.GetRelativePath(results.Folder, run.Directory.Path).Replace('\\', '/')));
        columns.Add(("error", run => run.Error));
        return columns;
    }

    public static string Word(RunState state) => state.ToString().ToLowerInvariant();

    private static string? Of(IReadOnlyDictionary<string, double>? values, string name) =>
        values?.TryGetValue(name, out var value) == true ? Number(value) : null;

    private static string? Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);

    private static string? Whole(long? value) => value?.ToString(CultureInfo.InvariantCulture);

    private static string Line(IEnumerable<string?> cells) => string.Join(",", cells.Select(Cell)) + "\r\n";

    private static string Cell(string? text) =>
        text is null ? "" : text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
