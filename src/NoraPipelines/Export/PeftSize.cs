namespace NoraPipelines.Export;

/// <summary>What the tensors of a projection tell of it.</summary>
/// <param name="In">Null where they do not tell.</param>
/// <param name="Rank">Null where nothing is factored.</param>
internal sealed record PeftSize(int Out, int? In, int? Rank);
