namespace NoraPipelines.Training;

/// <summary>After warm-up, the peak to the end: transformers' get_constant_schedule_with_warmup.</summary>
/// <param name="peak">The rate after warm-up.</param>
/// <param name="steps">Optimizer steps of the whole run.</param>
/// <param name="warmup">Steps of the linear rise.</param>
/// <exception cref="NoraException">A number is outside its bounds.</exception>
public sealed class ConstantSchedule(double peak, int steps, int warmup) : LearningRateSchedule(peak, steps, warmup)
{
    protected override double Share(int step) => 1.0;
}
