using NoraPipelines.Data;
using NoraPipelines.Initialization;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Runs;

public sealed partial class RunContext
{
    // Held-out tokens that output errors are measured on, for each projection.
    private const int MeasuredTokens = 1024;

    // Second moments serve the report's best possible error; beyond this many bytes only a plan that scales by them pays for them.
    private const long SecondMomentsForReport = 512L << 20;

    /// <summary>Observes the inputs of the adapted projections on the first training examples. The caller disposes.</summary>
    public ActivationStatistics Calibrate(
        ITextModel model, TextTokenizer tokenizer, AdapterSet adapters, IReadOnlyList<TokenizedExample> examples)
    {
        var samples = Setting("calibration.samples", Plan.Calibration.Samples);
        foreach (var key in (string[])["calibration.statistic", "calibration.exponent"]) Setting<object?>(key, null); // read by the initialiser
        var targets = adapters.Items.Select(item => item.Projection).ToArray();
        var covariance = Plan.Calibration.Scaling == ScalingKind.Covariance
            || ActivationStatistics.CovarianceBytes(targets) <= SecondMomentsForReport;
        return Measure("calibrate", () => ActivationStatistics.Collect(
            model, targets, [.. examples.Take(samples)], Plan.Training.MicroBatch, tokenizer.PadId ?? 0, covariance, MeasuredTokens, Seed,
            (_, _) => Stop.ThrowIfCancellationRequested()));
    }
}
