namespace NoraPipelines.Plans;

/// <summary>
/// What an evaluation holds at most beside weights, adapters and moments, in bytes: an estimate from shapes alone. A prompt counts as long as the longest
/// example that is trained on. d is the base model's bytes a value, R the rows that go through the model at once (a beam or an option is a row),
/// T = R · prompt, S = R · (prompt + new tokens). 12 MB that the products work in, and what the family says: <see cref="DecoderMemory"/>,
/// <see cref="EncoderMemory"/>.
/// </summary>
internal static class EvaluationMemory
{
    /// <summary>The largest of a plan's evaluations; 0 without one.</summary>
    public static long Of(PipelinePlan plan) => plan.Evaluation.Count == 0
        ? 0
        : MemoryEstimate.WorkingMemory + plan.Evaluation.Max(evaluation => plan.Model.Shape.EvaluationBytes(plan, evaluation));
}
