namespace NoraPipelines.Training;

/// <summary>
/// The learning rate of each optimizer step: a linear rise from zero to the peak, then what the kind does. The formulas are those of
/// transformers' schedules of the same names (get_cosine_schedule_with_warmup and its neighbours).
/// </summary>
public abstract class LearningRateSchedule
{
    private protected LearningRateSchedule(double peak, int steps, int warmup, double floor = 0)
    {
        if (!double.IsFinite(peak) || peak < 0)
            throw new NoraException($"The peak learning rate is {peak}; it must be a finite number of at least 0.");
        if (steps < 0) throw new NoraException($"A schedule over {steps} steps was asked for; give at least 0.");
        if (warmup < 0) throw new NoraException($"{warmup} warm-up steps were asked for; give at least 0.");
        if (!(floor is >= 0 and < 1)) throw new NoraException($"The floor of the learning rate is {floor} of the peak; it must be at least 0 and below 1.");
        (Peak, Steps, WarmupSteps, Floor) = (peak, steps, warmup, floor);
    }

    public double Peak { get; }

    /// <summary>Optimizer steps of the whole run, warm-up included.</summary>
    public int Steps { get; }

    public int WarmupSteps { get; }

    /// <summary>The share of the peak that remains at the end.</summary>
    public double Floor { get; }

    /// <summary>The rate of a step; <paramref name="step"/> is the number of optimizer steps already done, so the first is 0.</summary>
    public double Rate(int step) => step < WarmupSteps ? Peak * step / WarmupSteps : Peak * Share(step);

    /// <summary>The share of the peak that a step after warm-up has.</summary>
    protected abstract double Share(int step);

    /// <summary>1 where the rate begins to fall, 0 after the last step.</summary>
    /// <param name="length">The steps, at the end, in which it falls.</param>
    protected double Left(int step, int length) => Math.Clamp((Steps - step) / (double)Math.Max(1, length), 0.0, 1.0);

    /// <summary>From 1 down to the floor where <paramref name="fall"/> goes from 1 to 0.</summary>
    protected double AboveFloor(double fall) => Floor + (1 - Floor) * fall;
}
