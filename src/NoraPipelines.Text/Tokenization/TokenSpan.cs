namespace NoraPipelines.Tokenization;

/// <summary>
/// A token and the characters (UTF-16 units) of the original text that it stands for, end exclusive. The tokens of one character that
/// had to be spelled in bytes share its range; a surrogate pair is never split. Special tokens that were added have Start == End.
/// </summary>
public readonly record struct TokenSpan(int Id, int Start, int End);
