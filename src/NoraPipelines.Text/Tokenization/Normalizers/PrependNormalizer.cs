namespace NoraPipelines.Tokenization;

/// <summary>Puts a text in front of every stretch that is not empty: Llama 2's "▁".</summary>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    public override AlignedText Normalize(AlignedText text)
    {
        if (text.Length == 0) return text;
        var result = new AlignedTextBuilder(text.Length + prefix.Length);
        result.Append(prefix, text.Starts[0], text.Starts[0]);
        result.Append(text, 0, text.Length);
        return result.Build();
    }
}
