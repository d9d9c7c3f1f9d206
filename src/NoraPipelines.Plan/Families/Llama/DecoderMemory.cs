namespace NoraPipelines.Plans;

/// <summary>
/// What a decoder holds in a training step and in an evaluation; the letters are those of <see cref="MemoryEstimate"/>.
/// <code>
/// training     layers · layer + last + mask;  with gradient checkpointing: layers · d·T·h + layer + last + mask
///   layer      d · T · (2h + attention + gate + kept)            the two norms' inputs
///   attention  q + 2k, and q + 2(q − k) where libtorch's own kernel is used (float32, masks): its result, keys and values repeated
///   gate       2f: gate and up; 3f where the activation is not silu
///   last       12 MB that a CPU's products work in, 4 · d·T·h, and the larger of a piece of logits, d · min(labels, 2²⁴ / vocabulary) · vocabulary, and
///              d·T·(3f + h), the gradients of the last layer's gate
///   mask       d · T · longest example                           with packing: who sees whom, once for all layers and heads
/// generation   cache + the larger of pass and d·S·k, a layer whose finished rows leave, + 12 · R · vocabulary, the logits of the next token
///   cache      layers · 2 · d·S·k
///   pass       d · (T · layer + R · prompt²)                     of the prompts: no layer keeps anything for the next; the mask
///   layer      the larger of 4h + 3f and 3h + 4q + 3k; with 2q more where heads share keys
/// scoring      d·T · layer or, if larger, d · (T·h + 3 · min(T, rows of logits) · vocabulary): perplexity, the likelihood of options
/// </code>
/// </summary>
internal static class DecoderMemory
{
    /// <summary>At most, whichever task is scored by likelihood.</summary>
    private static readonly int OptionsOfQuestion = TaskProtocols.All.Max(task => task.Options.Count);

    public static long Training(PipelinePlan plan, DecoderShape shape, bool onGpu)
    {
        long bytes = plan.Model.BytesPerValue;
        var tokens = (long)plan.Training.MicroBatch * plan.Dataset.MaxTokens;
        long hidden = shape.HiddenSize, query = shape.QuerySize, key = shape.KeyValueSize, feedForward = shape.FeedForwardSize;
        var blocked = bytes == 2 && !plan.Dataset.Packing && (shape.SlidingWindow is null || shape.SlidingWindow >= plan.Dataset.MaxTokens);
        var attention = query + 2 * key + (blocked ? 0 : query + 2 * (query - key));
        var gate = (shape.Activation == GateActivation.Silu ? 2 : 3) * feedForward;
        var layer = bytes * tokens * (2 * hidden + attention + gate + KeptByAdapters.PerToken(plan.Adapter, shape.Projections));
        var logits = Math.Min(tokens, MemoryEstimate.LogitRows(shape.VocabularySize)) * shape.VocabularySize;
        var last = (onGpu ? 0 : MemoryEstimate.WorkingMemory) + bytes * (4 * tokens * hidden + Math.Max(logits, tokens * (3 * feedForward + hidden)));
        var mask = plan.Dataset.Packing ? bytes * tokens * plan.Dataset.MaxTokens : 0;
        return (plan.Training.GradientCheckpointing ? shape.LayerCount * bytes * tokens * hidden + layer : shape.LayerCount * layer) + last + mask;
    }

    public static long Evaluation(PipelinePlan plan, DecoderShape shape, EvaluationPlan evaluation)
    {
        long bytes = plan.Model.BytesPerValue;
        long prompt = plan.Dataset.MaxTokens;
        var asks = evaluation.Task.IsAsked;
        return asks && evaluation.Decoding.Kind != DecodingKind.Likelihood
            ? Generation(shape, evaluation, prompt, bytes)
            : Scoring(shape, evaluation.Batch * (asks ? OptionsOfQuestion : 1) * prompt, bytes);
    }

    private static long Generation(DecoderShape shape, EvaluationPlan evaluation, long prompt, long bytes)
    {
        long key = shape.KeyValueSize;
        var rows = (long)evaluation.Batch * (evaluation.Decoding.Kind == DecodingKind.Beams ? evaluation.Decoding.Beams : 1);
        var places = rows * Math.Min(shape.MaxPositions, prompt + evaluation.MaxNewTokens);
        var cache = shape.LayerCount * 2 * bytes * places * key;
        var pass = (rows * prompt * OfToken(shape, bytes)) + (bytes * rows * prompt * prompt);
        return cache + Math.Max(pass, bytes * places * key) + (12 * rows * shape.VocabularySize);
    }

    private static long Scoring(DecoderShape shape, long tokens, long bytes)
    {
        var logits = Math.Min(tokens, MemoryEstimate.LogitRows(shape.VocabularySize)) * shape.VocabularySize;
        return Math.Max(tokens * OfToken(shape, bytes), bytes * ((tokens * shape.HiddenSize) + (3 * logits)));
    }

    /// <summary>Bytes of a token while it passes a layer: its feed-forward block, or its attention.</summary>
    private static long OfToken(DecoderShape shape, long bytes)
    {
        long hidden = shape.HiddenSize, query = shape.QuerySize, key = shape.KeyValueSize;
        var attention = (3 * hidden) + (4 * query) + (3 * key) + (query > key ? 2 * query : 0);
        return bytes * Math.Max((4 * hidden) + (3L * shape.FeedForwardSize), attention);
    }
}
