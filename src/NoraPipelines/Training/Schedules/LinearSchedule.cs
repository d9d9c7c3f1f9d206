namespace NoraPipelines.Training;

/// <summary>After warm-up, a line from the peak to zero: transformers' get_linear_schedule_with_warmup.</summary>
/// <param name="peak">The rate after warm-up.</param>
/// <param name="steps">Optimizer steps of the whole run.</param>
/// <param name="warmup">Steps of the linear rise.</param>
/// <exception cref="NoraException">A number is outside its bounds.</exception>
public sealed class LinearSchedule(double peak, int steps, int warmup) : LearningRateSchedule(peak, steps, warmup)
{
    protected override double Share(int step) => Left(step, Steps - WarmupSteps);
}
