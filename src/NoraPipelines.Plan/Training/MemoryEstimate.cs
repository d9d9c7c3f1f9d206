namespace NoraPipelines.Plans;

/// <summary>
/// What a process holds at most while it trains, in bytes: an estimate from shapes alone, for planning. d is the base model's bytes a value,
/// T = micro-batch · longest example, h hidden, f feed-forward, q and k query and key-value sizes.
/// <code>
/// weights      d · parameters
/// adapters     d · frozen factors + 4 · trainable (values) + 4 · trainable (gradients)             full training: d · parameters (gradients)
///              4 instead of d where what is frozen is float32: LoRA-FA's A, PiSSA's start
/// optimizer    2 · 4 · trainable                                                                   AdamW's moments
/// activations  by the family: <see cref="DecoderMemory"/>, <see cref="EncoderMemory"/>
///   kept       what the adapter's backward pass reads: NoRA's A·x, and A′·A·x where r > 2r′; LoRA and full also x itself
/// evaluation   in the place of activations while the model is evaluated, at most: <see cref="EvaluationMemory"/>
/// examples     limit · (72 + 4 · longest example / 2)           where the spec limits its rows: tokens, of texts half as long as the
///              longest, and what keeps them
/// runtime      290 MB                                            .NET, libtorch and this program, measured: 260 to 280 on Linux without a GPU
/// </code>
/// Attention is counted without its score matrix where flash and blocked kernels never hold it.
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

    /// <summary>The estimate for a plan; for a family whose programs are not here yet, without activations.</summary>
    /// <param name="onGpu">Of the tensors that a GPU's kernels make; false: a CPU's. They differ in attention and in what products work in.</param>
    public static MemoryEstimate Of(PipelinePlan plan, bool onGpu = false)
    {
        var shape = plan.Model.Shape;
        var bytes = plan.Model.BytesPerValue;
        var trainable = plan.Trainable;
        var full = plan.Adapter.TrainsModel;
        return new MemoryEstimate(
            Weights: bytes * shape.TotalParameters,
            Adapters: full ? bytes * trainable
                : (plan.Adapter.FrozenInFloat32 ? 4 : bytes) * ParameterCount.Frozen(shape, plan.Adapter) + 8 * trainable,
            Optimizer: 8 * trainable,
            Activations: shape.ActivationBytes(plan, onGpu),
            Evaluation: EvaluationMemory.Of(plan),
            Examples: (long)(plan.Dataset.Train.Limit ?? 0) * (72 + (2 * plan.Dataset.MaxTokens)));
    }
}
