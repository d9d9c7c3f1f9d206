namespace NoraPipelines.Tokenization;

/// <summary>One text, or a pair of texts, as a classifier reads it.</summary>
/// <param name="SecondStart">The place where the second text's tokens begin; null for one text.</param>
/// <param name="WholeLength">Tokens of the whole row, before its end was taken off.</param>
public readonly record struct ClassifiedIds(int[] Ids, int? SecondStart, int WholeLength);
