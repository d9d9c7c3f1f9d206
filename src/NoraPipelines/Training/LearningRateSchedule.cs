using NoraPipelines.Plans;

namespace NoraPipelines.Training;

/// <summary>
/// The learning rate of each optimizer step: a linear rise from zero, then a cosine (half a period), a line down to zero, or the
/// peak kept. The formulas of transformers' get_cosine_, get_linear_ and get_constant_schedule_with_warmup.
/// </summary>
public sealed class LearningRateSchedule
{
    private readonly ScheduleKind _kind;

    private LearningRateSchedule(ScheduleKind kind, double peak, int steps, int warmupSteps)
    {
        if (!double.IsFinite(peak) || peak < 0)
            throw new NoraException($"The peak learning rate is {peak}; it must be a finite number of at least 0.");
        if (steps < 0) throw new NoraException($"A schedule over {steps} steps was asked for; give at least 0.");
        if (warmupSteps < 0) throw new NoraException($"{warmupSteps} warm-up steps were asked for; give at least 0.");
        _kind = kind;
        Peak = peak;
        Steps = steps;
        WarmupSteps = warmupSteps;
    }

    public double Peak { get; }

    /// <summary>Optimizer steps of the whole run, warm-up included.</summary>
    public int Steps { get; }

    public int WarmupSteps { get; }

    public static LearningRateSchedule Cosine(double peak, int steps, int warmupSteps) =>
        new(ScheduleKind.Cosine, peak, steps, warmupSteps);

    public static LearningRateSchedule Linear(double peak, int steps, int warmupSteps) =>
        new(ScheduleKind.Linear, peak, steps, warmupSteps);

    public static LearningRateSchedule Constant(double peak, int steps, int warmupSteps) =>
        new(ScheduleKind.Constant, peak, steps, warmupSteps);

    public static LearningRateSchedule Of(ScheduleKind kind, double peak, int steps, int warmupSteps) =>
        new(kind, peak, steps, warmupSteps);

    /// <summary>The warm-up steps that a ratio stands for: rounded up, as transformers does.</summary>
    public static int WarmupStepsOf(double ratio, int steps) => (int)Math.Ceiling(ratio * steps);

    /// <summary>The rate of a step; <paramref name="step"/> is the number of optimizer steps already done, so the first is 0.</summary>
    public double Rate(int step)
    {
        if (step < WarmupSteps) return Peak * step / WarmupSteps;
        if (_kind == ScheduleKind.Constant) return Peak;
        var length = Math.Max(1, Steps - WarmupSteps);
        if (_kind == ScheduleKind.Linear) return Peak * Math.Max(0.0, (Steps - step) / (double)length);
        var progress = Math.Min(1.0, (step - WarmupSteps) / (double)length);
        return Peak * Math.Max(0.0, 0.5 * (1.0 + Math.Cos(Math.PI * progress)));
    }
}
