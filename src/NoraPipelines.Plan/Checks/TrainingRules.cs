namespace NoraPipelines.Plans;

/// <summary>Batches divide, seeds differ.</summary>
internal static class TrainingRules
{
    public static IEnumerable<PlanProblem> Check(PipelinePlan plan)
    {
        var training = plan.Training;
        if (training.Batch < 1 || training.MicroBatch < 1 || training.Batch % training.MicroBatch != 0)
            yield return PlanProblem.Error("NORA106", Keys.Training.Batch,
                $"batch {training.Batch} is not a multiple of micro_batch {training.MicroBatch}: {Remedy(training)}");
        var seen = new HashSet<int>();
        for (var i = 0; i < training.Seeds.Count; i++)
        {
            if (!seen.Add(training.Seeds[i]))
                yield return PlanProblem.Error("NORA110", Keys.Training.Seeds.ItemAt!(i),
                    $"seed {training.Seeds[i]} is listed twice; equal seeds give equal runs, list each once");
        }
    }

    private static string Remedy(TrainingPlan training)
    {
        if (training.Batch < 1 || training.MicroBatch < 1) return "both must be at least 1";
        var divisor = Enumerable.Range(1, Math.Min(training.Batch, training.MicroBatch)).Last(size => training.Batch % size == 0);
        var above = (training.Batch / training.MicroBatch + 1) * training.MicroBatch;
        return $"use micro_batch {divisor}, or batch {above}";
    }
}
