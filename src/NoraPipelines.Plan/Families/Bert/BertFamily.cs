namespace NoraPipelines.Plans;

/// <summary>BERT, with a head that classifies texts.</summary>
internal sealed class BertFamily : ModelFamily
{
    public override IReadOnlyList<Architecture> Architectures => [Architecture.Bert];

    public override bool ClassifiesText => true;

    public override IReadOnlyList<(string Name, ModelShape Shape)> Presets { get; } =
    [
        ("bert-base-uncased", Usual with { VocabularySize = 30522, HiddenSize = 768, FeedForwardSize = 3072, LayerCount = 12, HeadCount = 12 }),
        ("bert-large-uncased", Usual with { VocabularySize = 30522, HiddenSize = 1024, FeedForwardSize = 4096, LayerCount = 24, HeadCount = 16 }),
        ("all-minilm-l6-v2", Usual with { VocabularySize = 30522, HiddenSize = 384, FeedForwardSize = 1536, LayerCount = 6, HeadCount = 12 }),
    ];

    public override ModelShape StandIn(Architecture architecture) => EncoderShape.Unbounded(Usual);

    public override IEnumerable<(string Reason, IReadOnlyList<string> Keys)> IdleShapeKeys(Architecture architecture) =>
        EncoderShape.IdleShapeKeys(architecture);

    internal override ModelShape? Read(ConfigReader reader, Architecture architecture) => EncoderConfig.Read(reader, Usual);

    /// <summary>What configuration_bert.py has where a key is missing.</summary>
    private static BertShape Usual => new()
    {
        Architecture = Architecture.Bert,
        VocabularySize = 1,
        HiddenSize = 1,
        FeedForwardSize = 1,
        LayerCount = 1,
        HeadCount = 1,
        PositionRows = 512,
    };
}
