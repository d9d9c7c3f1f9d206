namespace NoraPipelines.Plans;

/// <summary>How many optimizer steps a training takes.</summary>
public static class StepCount
{
    /// <summary>
    /// The steps of the plan, or its epochs over so many rows: ⌈rows · epochs / batch⌉, one stream over all epochs, of which the last
    /// step may hold fewer rows. 2 epochs of 100,000 rows at batch 128 are 1,563 steps (method.md, section 7).
    /// </summary>
    public static int Of(TrainingPlan training, long rows)
    {
        if (training.Steps is { } steps) return steps;
        var examples = rows * (decimal)(training.Epochs ?? 1);
        return checked((int)decimal.Ceiling(examples / training.Batch));
    }

    /// <summary>The steps as far as the plan alone tells: null where they depend on the number of rows in a file.</summary>
    public static int? Planned(PipelinePlan plan) =>
        plan.Training.Steps ?? (plan.Dataset.Train.Limit is { } rows ? Of(plan.Training, rows) : null);

    /// <summary>Steps in which the rate rises: ⌈ratio · steps⌉, as transformers counts them.</summary>
    public static int Warmup(TrainingPlan training, int steps) => (int)decimal.Ceiling((decimal)training.WarmupRatio * steps);
}
