using NoraPipelines.Adapters;
using NoraPipelines.Initialization;
using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Runs;

public sealed partial class RunContext
{
    // Held-out rows (tokens of a text) that output errors are measured on, for each projection.
    private const int MeasuredRows = 1024;

    // Second moments serve the report's best possible error; beyond this many bytes only a plan that scales by them pays for them.
    private const long SecondMomentsForReport = 512L << 20;

    /// <summary>Observes the inputs of the adapted projections on the first training examples. The caller disposes.</summary>
    public ActivationStatistics Calibrate(IAdaptableModel model, AdapterSet adapters, ICalibrationData data)
    {
        var samples = Setting("calibration.samples", Plan.Calibration.Samples);
        foreach (var key in (string[])["calibration.statistic", "calibration.exponent"]) Setting<object?>(key, null); // read by the initialiser
        var targets = adapters.Items.Select(item => item.Projection).ToArray();
        var covariance = Plan.Calibration.Scaling == ScalingKind.Covariance
            || ActivationStatistics.CovarianceBytes(targets) <= SecondMomentsForReport;
        return Measure("calibrate", () => ActivationStatistics.Collect(
            model, targets, data.Passes(samples, Plan.Training.MicroBatch, MeasuredRows, Seed), covariance,
            (_, _) => Stop.ThrowIfCancellationRequested()));
    }
}
