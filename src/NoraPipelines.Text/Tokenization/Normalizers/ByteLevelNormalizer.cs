namespace NoraPipelines.Tokenization;

/// <summary>Spells the text in UTF-8 bytes, in GPT-2's alphabet; the characters of one code point share its range.</summary>
internal sealed class ByteLevelNormalizer : Normalizer
{
    public override AlignedText Normalize(AlignedText text) => ByteLevelText.Spell(text, [], []);
}
