namespace NoraPipelines.Export;

/// <summary>How a merged model is laid out.</summary>
public sealed record MergedExportOptions
{
    /// <summary>Largest size of one file, in bytes; a tensor larger than this has a file of its own. transformers' default.</summary>
    public long ShardBytes { get; init; } = 5_000_000_000;

    /// <summary>The tokenizer's files, for a model whose source folder holds none; null: those of the source folder.</summary>
    public IReadOnlyList<string>? TokenizerFiles { get; init; }

    /// <summary>For a classifier: the names of its classes in the order of their numbers; null: LABEL_0, LABEL_1 …</summary>
    public IReadOnlyList<string>? Classes { get; init; }
}
