using System.Text.Json.Serialization;

namespace NoraPipelines.Cli.Comparing;

/// <summary>A variant over its finished seeds: an entry of what `compare --json` prints.</summary>
internal sealed record VariantResult
{
    public required string Variant { get; init; }

    /// <summary>The seeds that are finished, which everything below is of.</summary>
    public required IReadOnlyList<int> Seeds { get; init; }

    public required long Trainable { get; init; }

    /// <summary>After training.</summary>
    public required IReadOnlyDictionary<string, MetricMean> Metrics { get; init; }

    /// <summary>Mean; null where no seed is finished.</summary>
    public required double? TokensPerSecond { get; init; }

    /// <summary>Bytes, the most of all seeds; null where one of them does not know.</summary>
    public required long? PeakMemory { get; init; }

    /// <summary>The pipeline that `run` knows it by.</summary>
    public required string Pipeline { get; init; }

    /// <summary>What it changes of the base spec.</summary>
    public required IReadOnlyDictionary<string, string> Values { get; init; }

    /// <summary>Means of the first and of the last step.</summary>
    public required LossChange Loss { get; init; }

    /// <summary>Mean of each stage.</summary>
    public required IReadOnlyDictionary<string, double> Seconds { get; init; }

    /// <summary>Why seeds failed; absent where none did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    /// <param name="runs">One a seed.</param>
    public static VariantResult Of(ComparedVariant variant, IReadOnlyList<ComparedRun> runs)
    {
        RunReport[] reports = [.. runs.Select(run => run.Report).OfType<RunReport>()];
        var failed = runs.Where(run => run.State == RunState.Failed).ToArray();
        return new()
        {
            Variant = variant.Name,
            Seeds = [.. reports.Select(report => report.Seed)],
            Trainable = reports.Length > 0 ? reports[0].Trainable : variant.Summary.Trainable,
            Metrics = Means(reports, report => report.Evaluation.After),
            TokensPerSecond = reports.Length > 0 ? reports.Average(report => report.TokensPerSecond) : null,
            PeakMemory = reports.All(report => report.PeakMemory is not null) ? reports.Max(report => report.PeakMemory) : null,
            Pipeline = variant.Pipeline,
            Values = variant.Values.ToDictionary(value => value.Key, value => value.Value),
            Loss = new(Mean(reports.Select(report => report.Loss.First)), Mean(reports.Select(report => report.Loss.Last))),
            Seconds = Means(reports, report => report.Seconds).ToDictionary(stage => stage.Key, stage => stage.Value.Mean),
            Error = failed.Length == 0 ? null : string.Join(" ", failed.Select(run => $"Seed {run.Seed}: {run.Error}")),
        };
    }

    /// <summary>Names in the order of their first appearance; a name that a report lacks is the mean of the others.</summary>
    private static Dictionary<string, MetricMean> Means(
        IReadOnlyList<RunReport> reports, Func<RunReport, IReadOnlyDictionary<string, double>> values) =>
        reports.SelectMany(report => values(report).Keys).Distinct().ToDictionary(
            name => name,
            name => MetricMean.Of([.. from report in reports where values(report).ContainsKey(name) select values(report)[name]])!);

    private static double? Mean(IEnumerable<double?> values) =>
        values.OfType<double>().ToArray() is { Length: > 0 } known ? known.Average() : null;
}
