using NoraPipelines.Plans;

namespace NoraPipelines.Benchmarks.Steps;

/// <summary>A model and a batch of one training step: <paramref name="Rows"/> texts of <paramref name="Tokens"/> tokens, all labelled.</summary>
internal sealed record StepShape(string Name, DecoderShape Model, int Rows, int Tokens)
{
    public long AllTokens => (long)Rows * Tokens;

    public static readonly StepShape Small = new("small", Llama(hidden: 512, layers: 8, feedForward: 1408, heads: 8, keyHeads: 8, 8192), 4, 256);

    public static readonly StepShape Large = new("large", Llama(hidden: 2048, layers: 4, feedForward: 5632, heads: 32, keyHeads: 4, 32000), 2, 256);

    /// <summary>small, large, or a model of the catalogue with one row of 512 tokens.</summary>
    /// <exception cref="ArgumentException">No such name.</exception>
    public static StepShape Named(string name) => name switch
    {
        "small" => Small,
        "large" => Large,
        _ when ModelCatalog.Find(name) is DecoderShape shape => new(name, shape, 1, 512),
        _ => throw new ArgumentException($"'{name}' is no shape; there are small, large and the decoders of the catalogue: " +
            $"{string.Join(", ", ModelCatalog.Names)}."),
    };

    private static DecoderShape Llama(int hidden, int layers, int feedForward, int heads, int keyHeads, int vocabulary) => new()
    {
        Architecture = Architecture.Llama,
        VocabularySize = vocabulary,
        HiddenSize = hidden,
        FeedForwardSize = feedForward,
        LayerCount = layers,
        HeadCount = heads,
        KeyValueHeadCount = keyHeads,
        HeadSize = hidden / heads,
        MaxPositions = 4096,
    };
}
