namespace NoraPipelines.Evaluation;

/// <summary>The answer that a reference gives.</summary>
/// <param name="Form">What it is compared as, where that is another text.</param>
public readonly record struct GoldAnswer(string Answer, string? Form = null);
