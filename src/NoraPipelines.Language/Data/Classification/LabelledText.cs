namespace NoraPipelines.Data;

/// <summary>A row for a classifier.</summary>
/// <param name="Second">The other text of a pair; null where a row is one text.</param>
/// <param name="Label">The number of a class, or the value of a regression.</param>
public sealed record LabelledText(string First, string? Second, float Label);
