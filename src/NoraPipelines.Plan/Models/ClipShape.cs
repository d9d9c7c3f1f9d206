namespace NoraPipelines.Plans;

/// <summary>CLIP's two towers; projection names carry their tower: vision.q_proj, text.q_proj.</summary>
public sealed record ClipShape : ModelShape
{
    public required ClipTowerShape Vision { get; init; }

    public required ClipTowerShape Text { get; init; }

    public required int PatchSize { get; init; }

    public required int VocabularySize { get; init; }

    /// <summary>Size of the space that both towers are projected to.</summary>
    public required int EmbeddingSize { get; init; }

    public override EquatableArray<ProjectionShape> Projections =>
        Vision.Projections("vision").Concat(Text.Projections("text")).ToEquatableArray();

    public override long TotalParameters
    {
        get
        {
            // Class token, patches without bias, positions; norms before and after the layers.
            var vision = Vision.Parameters + (long)Vision.HiddenSize * (1 + 3L * PatchSize * PatchSize + Vision.Positions + 4);
            var text = Text.Parameters + (long)Text.HiddenSize * (VocabularySize + Text.Positions + 2);
            const int logitScale = 1;
            return vision + text + (long)(Vision.HiddenSize + Text.HiddenSize) * EmbeddingSize + logitScale;
        }
    }
}

/// <summary>One tower of CLIP: a transformer whose linear layers and norms have a bias.</summary>
/// <param name="Positions">Rows of the position table: patches and class token, or tokens.</param>
public sealed record ClipTowerShape(int HiddenSize, int FeedForwardSize, int LayerCount, int HeadCount, int Positions)
{
    internal long Parameters =>
        LayerCount * (Projections("").Sum(projection => ((long)projection.In + 1) * projection.Out) + 4L * HiddenSize);

    internal IEnumerable<ProjectionShape> Projections(string tower) =>
    [
        new($"{tower}.q_proj", HiddenSize, HiddenSize, LayerCount),
        new($"{tower}.k_proj", HiddenSize, HiddenSize, LayerCount),
        new($"{tower}.v_proj", HiddenSize, HiddenSize, LayerCount),
        new($"{tower}.out_proj", HiddenSize, HiddenSize, LayerCount),
        new($"{tower}.fc1", FeedForwardSize, HiddenSize, LayerCount),
        new($"{tower}.fc2", HiddenSize, FeedForwardSize, LayerCount),
    ];
}
