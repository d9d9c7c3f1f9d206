namespace NoraPipelines.Plans;

/// <summary>Batches divide, seeds differ, the schedule has room.</summary>
internal static class TrainingRules
{
    public static IEnumerable<PlanProblem> Check(PipelinePlan plan)
    {
        var training = plan.Training;
        if (training.Batch < 1 || training.MicroBatch < 1 || training.Batch % training.MicroBatch != 0)
            yield return PlanProblem.At("NORA106", Keys.Training.Batch,
                $"batch {training.Batch} is not a multiple of micro_batch {training.MicroBatch}: {Remedy(training)}");
        foreach (var problem in training.Schedule.Check()) yield return problem;
        var seen = new HashSet<int>();
        for (var i = 0; i < training.Seeds.Count; i++)
        {
            if (!seen.Add(training.Seeds[i]))
                yield return PlanProblem.At("NORA110", Keys.Training.Seeds.ItemAt!(i),
                    $"seed {training.Seeds[i]} is listed twice; equal seeds give equal runs, list each once");
        }
    }

    private static string Remedy(TrainingPlan training)
    {
        if (training.Batch < 1 || training.MicroBatch < 1) return "both must be at least 1";
        var above = ((long)training.Batch / training.MicroBatch + 1) * training.MicroBatch;
        return $"use micro_batch {LargestDivisor(training.Batch, training.MicroBatch)}" + (above <= int.MaxValue ? $", or batch {above}" : "");
    }

    private static int LargestDivisor(int number, int most)
    {
        var largest = 1;
        for (var small = 1; (long)small * small <= number; small++)
        {
            if (number % small != 0) continue;
            foreach (var divisor in new[] { small, number / small })
                if (divisor <= most) largest = Math.Max(largest, divisor);
        }
        return largest;
    }
}
