namespace NoraPipelines.Tokenization;

/// <summary>Where "▁" is put in front: before every stretch of text, only at the text's beginning, or nowhere.</summary>
internal enum PrefixScheme
{
    Always,
    First,
    Never,
}
