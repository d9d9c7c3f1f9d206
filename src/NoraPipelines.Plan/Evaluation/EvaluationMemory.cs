namespace NoraPipelines.Plans;

/// <summary>
/// What an evaluation holds at most beside weights, adapters and moments, in bytes: an estimate from shapes alone. A prompt counts as long as the longest
/// example that is trained on. d is the base model's bytes a value, R the rows that go through the model at once (a beam or an option is a row),
/// T = R · prompt, S = R · (prompt + new tokens), h hidden, f feed-forward, q and k query and key-value sizes.
/// <code>
///              12 MB that the products work in, and
/// generation   cache + the larger of pass and d·S·k, a layer whose finished rows leave, + 12 · R · vocabulary, the logits of the next token
///   cache      layers · 2 · d·S·k
///   pass       d · (T · layer + R · prompt²)                     of the prompts: no layer keeps anything for the next; the mask
///   layer      the larger of 4h + 3f and 3h + 4q + 3k; with 2q more where heads share keys
/// perplexity   d·T · layer or, if larger, d · (T·h + 3 · min(T, rows of logits) · vocabulary); the likelihood of options likewise
/// a classifier d·T · (8h + 2f + 2 · heads · prompt)
/// </code>
/// </summary>
internal static class EvaluationMemory
{
    /// <summary>At most, whichever task is scored by likelihood.</summary>
    private static readonly int OptionsOfQuestion = TaskProtocols.All.Max(task => task.Options.Count);

    /// <summary>The largest of a plan's evaluations; 0 without one.</summary>
    public static long Of(PipelinePlan plan)
    {
        if (plan.Evaluation.Count == 0) return 0;
        var bytes = plan.Model.Dtype == WeightType.Float32 ? 4 : 2;
        long prompt = plan.Dataset.MaxTokens;
        return MemoryEstimate.WorkingMemory + plan.Evaluation.Select(evaluation => plan.Model.Shape switch
        {
            DecoderShape shape when Writes(evaluation) => Generation(shape, evaluation, prompt, bytes),
            DecoderShape shape => Scoring(shape, evaluation.Batch * RowsOfItem(evaluation.Task) * prompt, bytes),
            EncoderShape shape => evaluation.Batch * prompt * bytes * ((8L * shape.HiddenSize) + (2L * shape.FeedForwardSize) + (2L * shape.HeadCount * prompt)),
            _ => 0,
        }).Max();
    }

    private static long RowsOfItem(TaskProtocol task) => task.IsAsked ? OptionsOfQuestion : 1;

    private static bool Writes(EvaluationPlan evaluation) => evaluation.Task.IsAsked && evaluation.Decoding.Kind != DecodingKind.Likelihood;

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
