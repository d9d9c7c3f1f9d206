namespace NoraPipelines.Models.Encoders;

/// <summary>The names of an encoder's tensors in Hugging Face's files.</summary>
/// <param name="prefix">Of the family, without its dot: roberta.</param>
internal sealed class EncoderNames(string prefix)
{
    /// <summary>What a file of the encoder alone leaves out of every name.</summary>
    public string Prefix => prefix + ".";

    public string Words => $"{prefix}.embeddings.word_embeddings.weight";

    public string Positions => $"{prefix}.embeddings.position_embeddings.weight";

    public string Types => $"{prefix}.embeddings.token_type_embeddings.weight";

    public string EmbeddingsNorm => $"{prefix}.embeddings.LayerNorm";

    public string Pooler => $"{prefix}.pooler.dense";

    public string Layer(int layer) => $"{prefix}.encoder.layer.{layer}";
}
