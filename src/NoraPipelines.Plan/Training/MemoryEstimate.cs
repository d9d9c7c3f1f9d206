namespace NoraPipelines.Plans;

/// <summary>
/// What a training step holds at most, in bytes: an estimate from shapes alone, for planning. d is the base model's bytes a value,
/// T = micro-batch · longest example, h hidden, f feed-forward, q and k query and key-value sizes.
/// <code>
/// weights      d · parameters
/// adapters     d · frozen factors + 4 · trainable (values) + 4 · trainable (gradients)             full training: d · parameters (gradients)
///              4 instead of d where what is frozen is float32: LoRA-FA's A, PiSSA's start
/// optimizer    2 · 4 · trainable                                                                   AdamW's moments
/// activations  layers · layer + logits + mask;  with gradient checkpointing: layers · d·T·h + layer + logits + mask
///   layer      T · (2·4·h + d·(2h + 3q + 3k + 3f) + kept)        two norms in float32; q, k rotated and not; gate, its activation, up
///   kept       what the adapter's backward pass reads: NoRA's A·x and A′·A·x, d·(r + r′) a projection; LoRA and full also x itself
///   logits     min(T, 1024) · vocabulary · (d + 2 · 4)           a chunk of logits, its softmax and its gradient
///   mask       d · T · longest example                           with packing: who sees whom, once for all layers and heads
/// </code>
/// Attention is counted without its score matrix (flash and chunked kernels never hold it), but for encoders, whose dropout of the
/// probabilities needs it: heads · tokens a row · T more values, twice. An encoder's layer has T · d · (11h + 2f + kept) besides.
/// </summary>
public sealed record MemoryEstimate(long Weights, long Adapters, long Optimizer, long Activations)
{
    /// <summary>Tokens whose logits are held at once; the loss goes over a row in such chunks.</summary>
    public const int LogitsChunkTokens = 1024;

    public long Peak => Weights + Adapters + Optimizer + Activations;

    /// <summary>The estimate for a decoder or an encoder; for the other shapes, whose programs are not here yet, without activations.</summary>
    public static MemoryEstimate Of(PipelinePlan plan)
    {
        var shape = plan.Model.Shape;
        var bytes = plan.Model.Dtype == WeightType.Float32 ? 4 : 2;
        var trainable = plan.Trainable;
        var full = plan.Adapter is FullPlan;
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
            });
    }

    private static long OfActivations(PipelinePlan plan, DecoderShape shape, int bytes)
    {
        var tokens = (long)plan.Training.MicroBatch * plan.Dataset.MaxTokens;
        long hidden = shape.HiddenSize;
        var values = 2 * hidden + 3L * shape.QuerySize + 3L * shape.KeyValueSize + 3L * shape.FeedForwardSize;
        var layer = tokens * (8 * hidden + bytes * (values + Kept(plan.Adapter, shape)));
        var logits = Math.Min(tokens, LogitsChunkTokens) * shape.VocabularySize * (bytes + 8);
        var mask = plan.Dataset.Packing ? bytes * tokens * plan.Dataset.MaxTokens : 0;
        return plan.Training.GradientCheckpointing
            ? shape.LayerCount * bytes * tokens * hidden + layer + logits + mask
            : shape.LayerCount * layer + logits + mask;
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
        var targets = shape.Projections.Where(projection => adapter is FullPlan || adapter.Targets.Contains(projection.Name)).ToList();
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
