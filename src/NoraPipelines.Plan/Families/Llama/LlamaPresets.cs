namespace NoraPipelines.Plans;

/// <summary>The decoders that a spec's `model.preset` names, by their published config.json.</summary>
internal static class LlamaPresets
{
    public static IReadOnlyList<(string Name, ModelShape Shape)> All { get; } =
    [
        ("llama-7b", Llama7B),
        ("llama-2-7b", Llama7B with { MaxPositions = 4096, NormEpsilon = 1e-5 }),
        ("llama-3-8b", new DecoderShape
        {
            Architecture = Architecture.Llama,
            VocabularySize = 128256,
            HiddenSize = 4096,
            FeedForwardSize = 14336,
            LayerCount = 32,
            HeadCount = 32,
            KeyValueHeadCount = 8,
            HeadSize = 128,
            MaxPositions = 8192,
            RopeTheta = 500000,
        }),
        ("mistral-7b", new DecoderShape
        {
            Architecture = Architecture.Mistral,
            VocabularySize = 32000,
            HiddenSize = 4096,
            FeedForwardSize = 14336,
            LayerCount = 32,
            HeadCount = 32,
            KeyValueHeadCount = 8,
            HeadSize = 128,
            MaxPositions = 32768,
            SlidingWindow = 4096,
        }),
        ("gemma-7b", new DecoderShape
        {
            Architecture = Architecture.Gemma,
            VocabularySize = 256000,
            HiddenSize = 3072,
            FeedForwardSize = 24576,
            LayerCount = 28,
            HeadCount = 16,
            KeyValueHeadCount = 16,
            HeadSize = 256,
            MaxPositions = 8192,
            NormEpsilon = 1e-6,
            TiedEmbeddings = true,
            Activation = GateActivation.GeluTanh,
            NormAddsOne = true,
            ScaledEmbeddings = true,
        }),
        ("qwen2-7b", new DecoderShape
        {
            Architecture = Architecture.Qwen2,
            VocabularySize = 152064,
            HiddenSize = 3584,
            FeedForwardSize = 18944,
            LayerCount = 28,
            HeadCount = 28,
            KeyValueHeadCount = 4,
            HeadSize = 128,
            MaxPositions = 131072,
            NormEpsilon = 1e-6,
            RopeTheta = 1000000,
            AttentionBias = AttentionBias.QueryKeyValue,
        }),
        ("qwen3-8b", new DecoderShape
        {
            Architecture = Architecture.Qwen3,
            VocabularySize = 151936,
            HiddenSize = 4096,
            FeedForwardSize = 12288,
            LayerCount = 36,
            HeadCount = 32,
            KeyValueHeadCount = 8,
            HeadSize = 128,
            MaxPositions = 40960,
            NormEpsilon = 1e-6,
            RopeTheta = 1000000,
            HeadNorms = true,
        }),
        ("stories260k", Small(vocabulary: 512, hidden: 64, feedForward: 172, layers: 5, keyValueHeads: 4, positions: 512)),
        ("babyllama-105", Small(vocabulary: 105, hidden: 128, feedForward: 352, layers: 5, keyValueHeads: 4, positions: 256)),
    ];

    private static DecoderShape Llama7B => new()
    {
        Architecture = Architecture.Llama,
        VocabularySize = 32000,
        HiddenSize = 4096,
        FeedForwardSize = 11008,
        LayerCount = 32,
        HeadCount = 32,
        KeyValueHeadCount = 32,
        HeadSize = 128,
        MaxPositions = 2048,
        NormEpsilon = 1e-6,
    };

    /// <summary>The small stories models: Llama with eight heads and tied embeddings.</summary>
    private static DecoderShape Small(int vocabulary, int hidden, int feedForward, int layers, int keyValueHeads, int positions) => new()
    {
        Architecture = Architecture.Llama,
        VocabularySize = vocabulary,
        HiddenSize = hidden,
        FeedForwardSize = feedForward,
        LayerCount = layers,
        HeadCount = 8,
        KeyValueHeadCount = keyValueHeads,
        HeadSize = hidden / 8,
        MaxPositions = positions,
        TiedEmbeddings = true,
    };
}
