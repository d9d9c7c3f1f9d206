namespace NoraPipelines.Tokenization;

/// <summary>Rewrites a text before it is cut into pieces, keeping for every character the range of the original text it stands for.</summary>
internal abstract class Normalizer
{
    public abstract AlignedText Normalize(AlignedText text);
}
