namespace NoraPipelines.Plans;

/// <summary>RoBERTa, with a head that classifies texts.</summary>
internal sealed class RobertaFamily : ModelFamily
{
    public override IReadOnlyList<Architecture> Architectures => [Architecture.Roberta];

    public override bool ClassifiesText => true;

    public override IReadOnlyList<(string Name, ModelShape Shape)> Presets { get; } =
    [
        ("roberta-base", new RobertaShape
        {
            Architecture = Architecture.Roberta,
            VocabularySize = 50265,
            HiddenSize = 768,
            FeedForwardSize = 3072,
            LayerCount = 12,
            HeadCount = 12,
            PositionRows = 514,
        }),
        ("roberta-large", new RobertaShape
        {
            Architecture = Architecture.Roberta,
            VocabularySize = 50265,
            HiddenSize = 1024,
            FeedForwardSize = 4096,
            LayerCount = 24,
            HeadCount = 16,
            PositionRows = 514,
        }),
    ];

    public override ModelShape StandIn(Architecture architecture) => EncoderShape.Unbounded(Usual);

    public override IEnumerable<(string Reason, IReadOnlyList<string> Keys)> IdleShapeKeys(Architecture architecture) =>
        EncoderShape.IdleShapeKeys(architecture);

    internal override ModelShape? Read(ConfigReader reader, Architecture architecture)
    {
        if (EncoderConfig.Read(reader, Usual) is not { } shape) return null;
        if (shape.MaxTokens < 1)
            reader.Problems.Add($"max_position_embeddings {shape.PositionRows} leaves no position beyond pad_token_id {shape.PaddingId}");
        return shape;
    }

    /// <summary>What configuration_roberta.py has where a key is missing; rows of positions and token types are those of the published models.</summary>
    private static RobertaShape Usual => new()
    {
        Architecture = Architecture.Roberta,
        VocabularySize = 1,
        HiddenSize = 1,
        FeedForwardSize = 1,
        LayerCount = 1,
        HeadCount = 1,
        PositionRows = 514,
    };
}
