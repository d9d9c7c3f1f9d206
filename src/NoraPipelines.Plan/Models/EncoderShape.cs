namespace NoraPipelines.Plans;

/// <summary>A bidirectional encoder of the RoBERTa kind; every linear layer and norm has a bias, the pooler is counted.</summary>
public sealed record EncoderShape : ModelShape
{
    public required int VocabularySize { get; init; }

    public required int HiddenSize { get; init; }

    public required int FeedForwardSize { get; init; }

    public required int LayerCount { get; init; }

    public required int HeadCount { get; init; }

    /// <summary>Rows of the position table; RoBERTa's first two are never used.</summary>
    public required int PositionRows { get; init; }

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
            var embeddings = ((long)VocabularySize + PositionRows + 1) * HiddenSize + 2L * HiddenSize;
            var layer = Projections.Sum(projection => ((long)projection.In + 1) * projection.Out) + 4L * HiddenSize;
            var pooler = ((long)HiddenSize + 1) * HiddenSize;
            return embeddings + LayerCount * layer + pooler;
        }
    }
}
