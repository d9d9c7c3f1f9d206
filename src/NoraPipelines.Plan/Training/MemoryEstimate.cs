namespace NoraPipelines.Plans;

/// <summary>
/// What a process holds at most while it trains, in bytes: an estimate from shapes alone, for planning. d is the base model's bytes a value,
/// T = micro-batch · longest example, h hidden, f feed-forward, q and k query and key-value sizes.
/// <code>
/// weights      d · parameters
/// adapters     d · frozen factors + 4 · trainable (values) + 4 · trainable (gradients)             full training: d · parameters (gradients)
///              4 instead of d where what is frozen is float32: LoRA-FA's A, PiSSA's start
/// optimizer    2 · 4 · trainable                                                                   AdamW's moments
/// activations  layers · layer + last + mask;  with gradient checkpointing: layers · d·T·h + layer + last + mask
///   layer      d · T · (2h + attention + gate + kept)            the two norms' inputs
///   attention  q + 2k, and q + 2(q − k) where libtorch's own kernel is used (float32, masks): its result, keys and values repeated
///   gate       2f: gate and up; 3f where the activation is not silu
///   kept       what the adapter's backward pass reads: NoRA's A·x, and A′·A·x where r > 2r′; LoRA and full also x itself
///   last       12 MB that the products work in, 4 · d·T·h, and the larger of a piece of logits, d · min(labels, 2²⁴ / vocabulary) · vocabulary, and d·T·(3f + h), the gradients of
///              the last layer's gate
///   mask       d · T · longest example                           with packing: who sees whom, once for all layers and heads
/// evaluation   in the place of activations while the model is evaluated, at most: <see cref="EvaluationMemory"/>
/// examples     limit · (72 + 4 · longest example / 2)           where the spec limits its rows: tokens, of texts half as long as the longest, and what keeps them
/// runtime      290 MB                                            .NET, libtorch and this program, measured: 260 to 280 on Linux without a GPU
/// </code>
/// Attention is counted without its score matrix (flash and blocked kernels never hold it), but for encoders, whose dropout of the
/// probabilities needs it: heads · tokens a row · T more values, twice. An encoder's layer has T · d · (11h + 2f + kept).
/// </summary>
public sealed record MemoryEstimate(long Weights, long Adapters, long Optimizer, long Activations, long Evaluation, long Examples)
{
    /// <summary>Rows of logits that are held at once: few enough for 2²⁴ of them, but at least 128, since the head is read once for each piece.</summary>
    public static long LogitRows(long vocabulary) => Math.Max(128, (1L << 24) / vocabulary);

    /// <summary>That products work in.</summary>
    internal const long WorkingMemory = 12_000_000;

    /// <summary>What the process takes beside its tensors.</summary>
    public long Runtime => 290_000_000;

    /// <summary>What the tensors of a step come to.</summary>
    public long Tensors => Weights + Adapters + Optimizer + Activations;

    public long Peak => Tensors + Examples + Runtime;

    /// <summary>What an evaluation takes if its prompts are as long as the longest example: more than they usually are.</summary>
    public long EvaluationPeak => Peak - Activations + Evaluation;

    /// <summary>The estimate for a decoder or an encoder; for the other shapes, whose programs are not here yet, without activations.</summary>
    public static MemoryEstimate Of(PipelinePlan plan)
    {
        var shape = plan.Model.Shape;
        var bytes = plan.Model.Dtype == WeightType.Float32 ? 4 : 2;
        var trainable = plan.Trainable;
        var full = plan.Adapter.TrainsModel;
        return new MemoryEstimate(
            Weights: bytes * shape.TotalParameters,
            Adapters: full ? bytes * trainable
                : (plan.Adapter.FrozenInFloat32 ? 4 : bytes) * ParameterCount.Frozen(shape, plan.Adapter) + 8 * trainable,
            Optimizer: 8 * trainable,
            Activations: shape switch
            {
                DecoderShape decoder => OfActivations(plan, decoder, bytes),
                EncoderShape encoder => OfActivations(plan, encoder, bytes),
                _ => 0,
            },
            Evaluation: EvaluationMemory.Of(plan),
            Examples: (long)(plan.Dataset.Train.Limit ?? 0) * (72 + (2 * plan.Dataset.MaxTokens)));
    }

    private static long OfActivations(PipelinePlan plan, DecoderShape shape, int bytes)
    {
        var tokens = (long)plan.Training.MicroBatch * plan.Dataset.MaxTokens;
        long hidden = shape.HiddenSize, query = shape.QuerySize, key = shape.KeyValueSize, feedForward = shape.FeedForwardSize;
        var blocked = bytes == 2 && !plan.Dataset.Packing && (shape.SlidingWindow is null || shape.SlidingWindow >= plan.Dataset.MaxTokens);
        var attention = query + 2 * key + (blocked ? 0 : query + 2 * (query - key));
        var gate = (shape.Activation == GateActivation.Silu ? 2 : 3) * feedForward;
        var layer = bytes * tokens * (2 * hidden + attention + gate + Kept(plan.Adapter, shape));
        var logits = Math.Min(tokens, LogitRows(shape.VocabularySize)) * shape.VocabularySize;
        var last = WorkingMemory + bytes * (4 * tokens * hidden + Math.Max(logits, tokens * (3 * feedForward + hidden)));
        var mask = plan.Dataset.Packing ? bytes * tokens * plan.Dataset.MaxTokens : 0;
        return (plan.Training.GradientCheckpointing ? shape.LayerCount * bytes * tokens * hidden + layer : shape.LayerCount * layer) + last + mask;
    }

    private static long OfActivations(PipelinePlan plan, EncoderShape shape, int bytes)
    {
        var tokens = (long)plan.Training.MicroBatch * plan.Dataset.MaxTokens;
        var values = 11L * shape.HiddenSize + 2L * shape.FeedForwardSize + 2L * shape.HeadCount * plan.Dataset.MaxTokens;
        var layer = tokens * bytes * (values + Kept(plan.Adapter, shape));
        return plan.Training.GradientCheckpointing ? shape.LayerCount * bytes * tokens * shape.HiddenSize + layer : shape.LayerCount * layer;
    }

    /// <summary>Values a token that the adapters of one layer keep for their backward pass.</summary>
    private static long Kept(AdapterPlan adapter, ModelShape shape)
    {
        var targets = shape.Projections.Where(projection => adapter.TrainsModel || adapter.Targets.Contains(projection.Name)).ToList();
        return targets.Sum(adapter.KeptPerToken) + (adapter.KeepsInputs ? Inputs(targets) : 0);
    }

    /// <summary>q, k and v read one tensor, gate and up another: each is kept once.</summary>
    private static long Inputs(IEnumerable<ProjectionShape> targets) => targets
        .GroupBy(target => target.Name switch
        {
            "k_proj" or "v_proj" => "q_proj",
            "up_proj" => "gate_proj",
            "key" or "value" => "query",
            var name => name,
        })
        .Sum(group => (long)group.First().In);
}
