namespace NoraPipelines.Plans;

/// <summary>
/// A bidirectional encoder whose norms stand behind the residual sums (BERT, Devlin et al. 2019); every linear layer and norm has a bias,
/// and a pooler is counted.
/// </summary>
public abstract record EncoderShape : ModelShape
{
    public required int VocabularySize { get; init; }

    public required int HiddenSize { get; init; }

    public required int FeedForwardSize { get; init; }

    public required int LayerCount { get; init; }

    public required int HeadCount { get; init; }

    /// <summary>Rows of the position table.</summary>
    public required int PositionRows { get; init; }

    /// <summary>Rows of the token-type table.</summary>
    public abstract int TokenTypes { get; init; }

    /// <summary>Whether the model tells the second text of a pair by its token type.</summary>
    internal virtual bool TellsTextsByType => false;

    /// <summary>Added to the variance in LayerNorm.</summary>
    public abstract double NormEpsilon { get; init; }

    /// <summary>The function between the feed-forward block's halves.</summary>
    public GateActivation Activation { get; init; } = GateActivation.Gelu;

    /// <summary>In training: share of the hidden values that are dropped, after the embeddings and each block.</summary>
    public double HiddenDropout { get; init; } = 0.1;

    /// <summary>In training: share of the attention's probabilities that are dropped.</summary>
    public double AttentionDropout { get; init; } = 0.1;

    /// <summary>In training: share of the head's inputs that are dropped.</summary>
    public double HeadDropout { get; init; } = 0.1;

    /// <summary>Tokens of the longest text.</summary>
    public abstract int MaxTokens { get; }

    public int HeadSize => HiddenSize / HeadCount;

    public override int? LongestText => MaxTokens;

    public override EquatableArray<ProjectionShape> Projections => EncoderProjections.Of(this, Prefix);

    public override long TotalParameters
    {
        get
        {
            var embeddings = ((long)VocabularySize + PositionRows + TokenTypes) * HiddenSize + 2L * HiddenSize;
            var layer = Projections.Sum(projection => projection.Parameters) + 4L * HiddenSize;
            return embeddings + LayerCount * layer + PoolerParameters;
        }
    }

    private protected long PoolerParameters => ((long)HiddenSize + 1) * HiddenSize;

    /// <summary>What stands before the names of the encoder's tensors, without its dot.</summary>
    private protected abstract string Prefix { get; }

    /// <summary>The same shape with the numbers of config.json that this family alone has.</summary>
    internal virtual EncoderShape Adopt(ConfigReader reader) => this;

    internal override long ActivationBytes(PipelinePlan plan, bool onGpu) => EncoderMemory.Training(plan, this, onGpu);

    internal override long EvaluationBytes(PipelinePlan plan, EvaluationPlan evaluation) => EncoderMemory.Evaluation(plan, this, evaluation);

    /// <summary>A shape with room for every rank, layer and length.</summary>
    internal static EncoderShape Unbounded(EncoderShape usual) => usual with
    {
        HiddenSize = int.MaxValue,
        FeedForwardSize = int.MaxValue,
        LayerCount = int.MaxValue,
        PositionRows = int.MaxValue,
    };

    /// <summary>Numbers of decoders that encoders do without.</summary>
    internal static IEnumerable<(string Reason, IReadOnlyList<string> Keys)> IdleShapeKeys(Architecture architecture) =>
    [
        ($"{Words.Of(architecture)} is no decoder",
            ["num_key_value_heads", "head_dim", "rms_norm_eps", "rope_theta", "tie_word_embeddings", "attention_bias", "sliding_window"]),
    ];
}
