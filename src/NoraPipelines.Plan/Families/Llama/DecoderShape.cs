namespace NoraPipelines.Plans;

/// <summary>A decoder of the Llama kind: Llama 1–3, Mistral, Gemma, Qwen2 and Qwen3 differ in these numbers and
/// switches alone.</summary>
public sealed record DecoderShape : ModelShape
{
    public required int VocabularySize { get; init; }

    public required int HiddenSize { get; init; }

    public required int FeedForwardSize { get; init; }

    public required int LayerCount { get; init; }

    public required int HeadCount { get; init; }

    public required int KeyValueHeadCount { get; init; }

    public required int HeadSize { get; init; }

    /// <summary>Tokens of the longest text; of stretched positions (<see cref="Plans.RopeScaling.Dynamic"/>) with the stretch.</summary>
    public required int MaxPositions { get; init; }

    public double NormEpsilon { get; init; } = 1e-5;

    public double RopeTheta { get; init; } = 10000;

    public RopeScaling? RopeScaling { get; init; }

    /// <summary>The head is the embedding matrix itself; the checkpoint then has no lm_head.weight.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Mistral, Qwen: how many of the last tokens a token attends to, itself included; null: all.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary>Qwen: layers without the window, though others have it.</summary>
    public EquatableArray<int> FullAttentionLayers { get; init; }

    /// <summary>The window of a layer; null: all tokens before.</summary>
    public int? WindowOf(int layer) => FullAttentionLayers.Contains(layer) ? null : SlidingWindow;

    /// <summary>The gate's function: SiLU (Llama, Mistral), the tanh form of GELU (Gemma), or what config.json says.</summary>
    public GateActivation Activation { get; init; } = GateActivation.Silu;

    /// <summary>Gemma: RMSNorm multiplies by 1 + weight.</summary>
    public bool NormAddsOne { get; init; }

    /// <summary>Gemma: embeddings are multiplied by √HiddenSize, rounded to the model's dtype.</summary>
    public bool ScaledEmbeddings { get; init; }

    /// <summary>Which projections of the attention have a bias.</summary>
    public AttentionBias AttentionBias { get; init; }

    /// <summary>Llama with mlp_bias: gate, up and down have a bias.</summary>
    public bool FeedForwardBias { get; init; }

    /// <summary>Qwen3: queries and keys pass an RMSNorm of HeadSize weights, the same for all heads of a layer, before they are turned.</summary>
    public bool HeadNorms { get; init; }

    public int QuerySize => HeadCount * HeadSize;

    public int KeyValueSize => KeyValueHeadCount * HeadSize;

    public override int? LongestText => MaxPositions;

    public override EquatableArray<ProjectionShape> Projections => DecoderProjections.Of(this);

    public override long TotalParameters
    {
        get
        {
            var embeddings = (long)VocabularySize * HiddenSize * (TiedEmbeddings ? 1 : 2);
            var projections = Projections.Sum(projection => projection.Parameters * projection.Layers);
            var norms = (2L * LayerCount + 1) * HiddenSize + (HeadNorms ? 2L * LayerCount * HeadSize : 0);
            return embeddings + projections + norms;
        }
    }

    internal override long ActivationBytes(PipelinePlan plan, bool onGpu) => DecoderMemory.Training(plan, this, onGpu);

    internal override long EvaluationBytes(PipelinePlan plan, EvaluationPlan evaluation) => DecoderMemory.Evaluation(plan, this, evaluation);
}
