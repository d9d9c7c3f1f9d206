namespace NoraPipelines.Plans;

/// <summary>
/// What an encoder holds in a training step and in an evaluation; the letters are those of <see cref="MemoryEstimate"/>. On a CPU the dropout of the
/// attention's probabilities needs them: heads · tokens a row · T values, twice.
/// <code>
/// training     layers · layer;  with gradient checkpointing: layers · d·T·h + layer
///   layer      d · T · (11h + 2f + 2 · heads · longest example + kept);  on a GPU d · T · (8h + f + kept), as its attention keeps no probabilities
/// evaluation   d·T · (8h + 2f + 2 · heads · prompt)
/// </code>
/// </summary>
internal static class EncoderMemory
{
    public static long Training(PipelinePlan plan, EncoderShape shape, bool onGpu)
    {
        var tokens = (long)plan.Training.MicroBatch * plan.Dataset.MaxTokens;
        var values = onGpu ? (8L * shape.HiddenSize) + shape.FeedForwardSize
            : (11L * shape.HiddenSize) + (2L * shape.FeedForwardSize) + (2L * shape.HeadCount * plan.Dataset.MaxTokens);
        var bytes = plan.Model.BytesPerValue;
        var layer = tokens * bytes * (values + KeptByAdapters.PerToken(plan.Adapter, shape.Projections));
        return plan.Training.GradientCheckpointing ? shape.LayerCount * bytes * tokens * shape.HiddenSize + layer : shape.LayerCount * layer;
    }

    public static long Evaluation(PipelinePlan plan, EncoderShape shape, EvaluationPlan evaluation)
    {
        long prompt = plan.Dataset.MaxTokens;
        return evaluation.Batch * prompt * plan.Model.BytesPerValue
            * ((8L * shape.HiddenSize) + (2L * shape.FeedForwardSize) + (2L * shape.HeadCount * prompt));
    }
}
