namespace NoraPipelines.Cli.Comparing;

/// <summary>A number over seeds.</summary>
/// <param name="Deviation">Of the sample, over n − 1; null for one seed, which has none.</param>
internal sealed record MetricMean(double Mean, double? Deviation)
{
    /// <summary>Null where there are no values.</summary>
    public static MetricMean? Of(IReadOnlyList<double> values)
    {
        if (values.Count == 0) return null;
        var mean = values.Average();
        return new(mean, values.Count == 1 ? null : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)));
    }
}
