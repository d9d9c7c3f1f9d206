using NoraPipelines.Cli.Reporting;
using NoraPipelines.Initialization;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Runs.Progress;

namespace NoraPipelines.Cli.Comparing.Reporting;

/// <summary>What the report shows beyond the tables, read from the folders of the finished runs.</summary>
internal sealed record ComparisonData(
    ComparisonResults Results, RunEnvironment? Environment, IReadOnlyList<LossBand> Losses, IReadOnlyList<MeasuredStart> Starts)
{
    public static ComparisonData Read(ComparisonResults results)
    {
        var finished = results.Runs.Where(run => run.State == RunState.Finished).ToArray();
        var environment = finished.Select(run => run.Directory.EnvironmentFile).FirstOrDefault(File.Exists);
        return new(
            results,
            environment is null ? null : RunJson.ReadChecked<RunEnvironment>(environment),
            [.. results.Record.Variants
                .Select(variant => LossBand.Of(variant.Name, [.. finished.Where(run => run.Variant == variant.Name)])).OfType<LossBand>()],
            [.. MeasuredStart.Distinct(finished)]);
    }

    /// <summary>The colour of a variant, the same in every chart.</summary>
    public string Class(string variant) =>
        SeriesClass.Of(Results.Record.Variants.Select(other => other.Name).ToList().IndexOf(variant));
}

/// <summary>A variant's training loss, smoothed over steps for each seed, then mean and deviation over seeds.</summary>
/// <param name="Band">Empty for one seed.</param>
internal sealed record LossBand(
    string Variant, IReadOnlyList<(double X, double Y)> Mean, IReadOnlyList<(double X, double Low, double High)> Band)
{
    private const int Points = 300;

    /// <summary>Null where nothing was trained.</summary>
    public static LossBand? Of(string variant, IReadOnlyList<ComparedRun> runs)
    {
        var seeds = runs.Select(run => Curve(run.Directory)).Where(curve => curve.Count > 0).ToArray();
        if (seeds.Length == 0) return null;
        var steps = seeds.Min(curve => curve.Count);
        var means = Enumerable.Range(0, steps)
            .Select(step => (X: seeds[0][step].X, Value: MetricMean.Of([.. seeds.Select(curve => curve[step].Y)])!)).ToArray();
        return new(
            variant,
            LineChart.Thin([.. means.Select(mean => (mean.X, mean.Value.Mean))], Points),
            seeds.Length == 1 ? [] : [.. Edge(means, -1).Zip(Edge(means, 1), (low, high) => (low.X, low.Y, high.Y))]);
    }

    private static IReadOnlyList<(double X, double Y)> Edge((double X, MetricMean Value)[] means, int side) =>
        LineChart.Thin([.. means.Select(mean => (mean.X, mean.Value.Mean + side * mean.Value.Deviation!.Value))], Points);

    private static IReadOnlyList<(double X, double Y)> Curve(RunDirectory directory)
    {
        (double X, double Y)[] loss = [.. MetricLog.Read(directory).Select(step => ((double)step.Step, step.Loss))];
        return loss.Length < 20 ? loss : LineChart.Smooth(loss, Math.Max(3, loss.Length / 20));
    }
}

/// <summary>Output errors that a variant measured at its outer rank, projection by projection.</summary>
/// <param name="Variants">Those that measured the same: the errors do not depend on which start a variant takes.</param>
internal sealed record MeasuredStart(IReadOnlyList<string> Variants, int Seed, IReadOnlyList<ProjectionInitialization> Projections)
{
    /// <summary>Of each variant's first finished seed.</summary>
    public static IEnumerable<MeasuredStart> Distinct(IReadOnlyList<ComparedRun> finished)
    {
        var starts = from run in finished.DistinctBy(run => run.Variant)
                     let measured = Measured(run.Directory)
                     where measured.Count > 0
                     select (run.Variant, run.Seed, Measured: measured);
        return starts.GroupBy(start => string.Join(' ', start.Measured.Select(Rounded)))
            .Select(group => new MeasuredStart([.. group.Select(start => start.Variant)], group.First().Seed, group.First().Measured));

        static string Rounded(ProjectionInitialization projection) =>
            FormattableString.Invariant($"{projection.Projection} {projection.Errors!.Svd:E4} {projection.Errors.AwSvd:E4}");
    }

    private static List<ProjectionInitialization> Measured(RunDirectory directory) =>
        StageStore.TryRead<InitializationReport>(directory, RunStart.Stage, out var start)
            ? [.. start.Projections.Where(projection => projection.Errors is not null)]
            : [];
}
