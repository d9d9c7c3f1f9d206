namespace NoraPipelines.Plans;

/// <summary>Decoders of the Llama kind: Llama, Mistral, Gemma, Qwen2 and Qwen3, which differ in <see cref="DecoderShape"/> alone.</summary>
internal sealed class LlamaFamily : ModelFamily
{
    public override IReadOnlyList<Architecture> Architectures { get; } =
        [Architecture.Llama, Architecture.Mistral, Architecture.Gemma, Architecture.Qwen2, Architecture.Qwen3];

    public override bool WritesText => true;

    public override IReadOnlyList<(string Name, ModelShape Shape)> Presets => LlamaPresets.All;

    public override ModelShape StandIn(Architecture architecture) => new DecoderShape
    {
        Architecture = architecture,
        VocabularySize = 1,
        HiddenSize = int.MaxValue,
        FeedForwardSize = int.MaxValue,
        LayerCount = int.MaxValue,
        HeadCount = 1,
        KeyValueHeadCount = 1,
        HeadSize = int.MaxValue,
        MaxPositions = int.MaxValue,
    };

    public override IEnumerable<(string Reason, IReadOnlyList<string> Keys)> IdleShapeKeys(Architecture architecture)
    {
        if (architecture != Architecture.Mistral) yield return ($"{Words.Of(architecture)} attends to all tokens before", ["sliding_window"]);
        if (architecture == Architecture.Qwen2) yield return ("q, k and v of qwen2 always have a bias, o never", ["attention_bias"]);
    }

    internal override ModelShape? Read(ConfigReader reader, Architecture architecture) => DecoderConfig.Read(reader, architecture);
}
