namespace NoraPipelines.Plans;

/// <summary>How many optimizer steps a training takes.</summary>
public static class StepCount
{
    /// <summary>
    /// The steps of the plan, or of its epochs over the rows: ⌈rows · epochs / batch⌉, one stream over all epochs, of which the last
    /// step may hold fewer rows. 2 epochs of 100,000 rows at batch 128 are 1,563 steps (docs/method.md, section 7).
    /// </summary>
    /// <returns>At least 1; null where they are more than <see cref="int.MaxValue"/>.</returns>
    public static int? Of(TrainingPlan training, long rows)
    {
        if (training.Steps is { } given) return given;
        var steps = Math.Max(1, decimal.Ceiling(rows * (decimal)(training.Epochs ?? 1) / training.Batch));
        return steps <= int.MaxValue ? (int)steps : null;
    }

    /// <summary>The steps as far as the plan alone tells: null where they depend on the number of rows in a file, or are more than can be counted.</summary>
    public static int? Planned(PipelinePlan plan) =>
        plan.Training.Steps ?? (plan.Dataset.Train.Limit is { } rows ? Of(plan.Training, rows) : null);

    /// <summary>Steps in which the rate rises from zero to the peak: <see cref="Share"/> of them all.</summary>
    public static int Warmup(double ratio, int steps) => Share(ratio, steps);

    /// <summary>
    /// ⌈ratio · steps⌉ of the ratio as it is written, in decimal arithmetic: 0.07 of 100 steps are 7. transformers multiplies in binary, where
    /// 0.07 · 100 is a little more than 7, and takes 8.
    /// </summary>
    internal static int Share(double ratio, int steps) => (int)decimal.Ceiling((decimal)ratio * steps);
}
