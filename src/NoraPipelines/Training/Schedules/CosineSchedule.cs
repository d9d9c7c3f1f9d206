namespace NoraPipelines.Training;

/// <summary>
/// After warm-up, half a period of a cosine from the peak to the floor: transformers' get_cosine_schedule_with_warmup, and with a floor
/// get_cosine_with_min_lr_schedule_with_warmup.
/// </summary>
/// <param name="peak">The rate after warm-up.</param>
/// <param name="steps">Optimizer steps of the whole run.</param>
/// <param name="warmup">Steps of the linear rise.</param>
/// <param name="floor">The share of the peak that remains at the end.</param>
/// <exception cref="NoraException">A number is outside its bounds.</exception>
public sealed class CosineSchedule(double peak, int steps, int warmup, double floor) : LearningRateSchedule(peak, steps, warmup, floor)
{
    protected override double Share(int step)
    {
        var progress = Math.Min(1.0, (step - WarmupSteps) / (double)Math.Max(1, Steps - WarmupSteps));
        return AboveFloor(Math.Max(0.0, 0.5 * (1.0 + Math.Cos(Math.PI * progress))));
    }
}
