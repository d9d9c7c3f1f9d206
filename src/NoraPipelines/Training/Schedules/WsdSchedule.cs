using NoraPipelines.Plans;

namespace NoraPipelines.Training;

/// <summary>
/// Warm-up, stable, decay: after warm-up the peak, and during the last steps a line to the floor. transformers' get_wsd_schedule with
/// decay_type linear; MiniCPM, arXiv:2404.06395.
/// </summary>
public sealed class WsdSchedule : LearningRateSchedule
{
    /// <param name="peak">The rate after warm-up.</param>
    /// <param name="steps">Optimizer steps of the whole run.</param>
    /// <param name="warmup">Steps of the linear rise.</param>
    /// <param name="decayRatio">Share of the steps in which the rate falls; they begin no earlier than warm-up ends.</param>
    /// <param name="floor">The share of the peak that remains at the end.</param>
    /// <exception cref="NoraException">A number is outside its bounds.</exception>
    public WsdSchedule(double peak, int steps, int warmup, double decayRatio, double floor) : base(peak, steps, warmup, floor)
    {
        if (!(decayRatio is > 0 and < 1)) throw new NoraException($"The rate was to fall in {decayRatio} of the steps; give a share above 0 and below 1.");
        DecaySteps = Math.Min(StepCount.Share(decayRatio, steps), Math.Max(0, steps - warmup));
    }

    /// <summary>The steps in which the rate falls.</summary>
    public int DecaySteps { get; }

    protected override double Share(int step) => AboveFloor(Left(step, DecaySteps));
}
