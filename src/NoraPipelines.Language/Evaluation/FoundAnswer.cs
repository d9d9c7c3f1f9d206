namespace NoraPipelines.Evaluation;

/// <summary>The answer that a protocol finds in an output.</summary>
/// <param name="Answer">Null where it finds none.</param>
/// <param name="Form">What it is compared as, where that is another text.</param>
/// <param name="Flexible">What a laxer reading finds, in the form that is compared.</param>
public readonly record struct FoundAnswer(string? Answer, string? Form = null, string? Flexible = null);
