namespace NoraPipelines.Plans;

/// <summary>A bidirectional encoder of the RoBERTa kind; every linear layer and norm has a bias, the pooler is counted.</summary>
public sealed record EncoderShape : ModelShape
{
    public required int VocabularySize { get; init; }

    public required int HiddenSize { get; init; }

    public required int FeedForwardSize { get; init; }

    public required int LayerCount { get; init; }

    public required int HeadCount { get; init; }

    /// <summary>Rows of the position table; those up to <see cref="PaddingId"/> are no text's.</summary>
    public required int PositionRows { get; init; }

    /// <summary>Id of the padding token; positions count from the number after it (modeling_roberta.py).</summary>
    public int PaddingId { get; init; } = 1;

    /// <summary>Rows of the token-type table, of which the first serves all tokens.</summary>
    public int TokenTypes { get; init; } = 1;

    public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>The function between the feed-forward block's halves.</summary>
    public GateActivation Activation { get; init; } = GateActivation.Gelu;

    /// <summary>In training: share of the hidden values that are dropped, after the embeddings and each block.</summary>
    public double HiddenDropout { get; init; } = 0.1;

    /// <summary>In training: share of the attention's probabilities that are dropped.</summary>
    public double AttentionDropout { get; init; } = 0.1;

    /// <summary>In training: share of the head's inputs that are dropped.</summary>
    public double HeadDropout { get; init; } = 0.1;

    /// <summary>Tokens of the longest text.</summary>
    public int MaxTokens => PositionRows - PaddingId - 1;

    public int HeadSize => HiddenSize / HeadCount;

    public override EquatableArray<ProjectionShape> Projections => EquatableArray.Of(
        new ProjectionShape("query", HiddenSize, HiddenSize, LayerCount),
        new ProjectionShape("key", HiddenSize, HiddenSize, LayerCount),
        new ProjectionShape("value", HiddenSize, HiddenSize, LayerCount),
        new ProjectionShape("attention.output.dense", HiddenSize, HiddenSize, LayerCount),
        new ProjectionShape("intermediate.dense", FeedForwardSize, HiddenSize, LayerCount),
        new ProjectionShape("output.dense", HiddenSize, FeedForwardSize, LayerCount));

    public override long TotalParameters
    {
        get
        {
            var embeddings = ((long)VocabularySize + PositionRows + TokenTypes) * HiddenSize + 2L * HiddenSize;
            var layer = Projections.Sum(projection => ((long)projection.In + 1) * projection.Out) + 4L * HiddenSize;
            var pooler = ((long)HiddenSize + 1) * HiddenSize;
            return embeddings + LayerCount * layer + pooler;
        }
    }
}
