using NoraPipelines.Initialization;
using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Runs;

/// <summary>Activations of the base model, which starts are made of.</summary>
public static class RunCalibration
{
    // Held-out rows (tokens of a text) that output errors are measured on, for each projection.
    private const int MeasuredRows = 1024;

    // Second moments serve the report's best possible error; beyond this many bytes only a plan that scales by them pays for them.
    private const long SecondMomentsForReport = 512L << 20;

    /// <summary>Observes the inputs of the adapted projections on the first training examples. The caller disposes.</summary>
    public static ActivationStatistics Calibrate(this RunContext run, IAdaptableModel model, AdapterSet adapters, ICalibrationData data)
    {
        run.Use(Keys.Calibration.Samples, Keys.Calibration.Statistic, Keys.Calibration.Exponent); // the last two are the start's
        var (plan, targets) = (run.Plan, adapters.Items.Select(item => item.Projection).ToArray());
        var covariance = plan.Calibration.Scaling == ScalingKind.Covariance
            || ActivationStatistics.CovarianceBytes(targets) <= SecondMomentsForReport;
        return run.Stages.Measure("calibrate", () => ActivationStatistics.Collect(
            model, targets, data.Passes(plan.Calibration.Samples, plan.Training.MicroBatch, MeasuredRows, run.Seed), covariance,
            (_, _) => run.Stop.ThrowIfCancellationRequested()));
    }
}
