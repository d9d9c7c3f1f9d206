namespace NoraPipelines.Plans;

/// <summary>CLIP: two towers; its models can be read and trained by hand, its programs are not here yet.</summary>
internal sealed class ClipFamily : ModelFamily
{
    public override IReadOnlyList<Architecture> Architectures => [Architecture.Clip];

    public override bool HasPrograms => false;

    public override IReadOnlyList<(string Name, ModelShape Shape)> Presets { get; } =
    [
        ("clip-vit-b-16", new ClipShape
        {
            Architecture = Architecture.Clip,
            Vision = new ClipTowerShape(HiddenSize: 768, FeedForwardSize: 3072, LayerCount: 12, HeadCount: 12, Positions: 197),
            Text = new ClipTowerShape(HiddenSize: 512, FeedForwardSize: 2048, LayerCount: 12, HeadCount: 8, Positions: 77),
            ImageSize = 224,
            PatchSize = 16,
            VocabularySize = 49408,
            EmbeddingSize = 512,
        }),
    ];

    public override ModelShape StandIn(Architecture architecture) => Presets[0].Shape;

    internal override ModelShape? Read(ConfigReader reader, Architecture architecture) => ClipConfig.Read(reader);
}
