namespace NoraPipelines.Plans;

/// <summary>CLIP's two towers, a stack each: a target names a projection of both, q_proj, or of one, vision.q_proj.</summary>
public sealed record ClipShape : ModelShape
{
    public required ClipTowerShape Vision { get; init; }

    public required ClipTowerShape Text { get; init; }

    /// <summary>Pixels of a picture's side.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Pixels of a patch's side.</summary>
    public required int PatchSize { get; init; }

    public required int VocabularySize { get; init; }

    /// <summary>Size of the space that both towers are projected to.</summary>
    public required int EmbeddingSize { get; init; }

    /// <summary>
    /// The token whose first place in a text is where its features are read; null: the highest id of the row, which the end token of the
    /// published vocabularies is.
    /// </summary>
    public int? EndToken { get; init; }

    public override EquatableArray<ProjectionShape> Projections =>
        Vision.Projections("vision", "Vision").Concat(Text.Projections("text", "Text")).ToEquatableArray();

    /// <summary>Rows of the vision tower's position table: whole patches of a picture, and the class token.</summary>
    internal static int VisionPositions(int imageSize, int patchSize) => imageSize / patchSize * (imageSize / patchSize) + 1;

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

    /// <summary>Of the class texts.</summary>
    public override int? LongestText => Text.Positions;

    // Programs of this family are not here yet; its weights alone are counted.
    internal override long ActivationBytes(PipelinePlan plan, bool onGpu) => 0;

    internal override long EvaluationBytes(PipelinePlan plan, EvaluationPlan evaluation) => 0;
}
