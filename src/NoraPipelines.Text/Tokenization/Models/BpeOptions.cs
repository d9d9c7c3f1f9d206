namespace NoraPipelines.Tokenization;

/// <summary>The switches of a BPE model, named as in the file format.</summary>
internal sealed record BpeOptions
{
    public string? UnknownToken { get; init; }

    /// <summary>Neighbouring unknown characters make one unknown token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>An unknown character is spelled in tokens &lt;0x00&gt; … &lt;0xFF&gt;, where the vocabulary has them.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>A piece that is a token is that token, whatever the merges would make of it (Llama 3).</summary>
    public bool IgnoreMerges { get; init; }

    public string? ContinuingSubwordPrefix { get; init; }
    public string? EndOfWordSuffix { get; init; }
}
