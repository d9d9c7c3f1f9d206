namespace NoraPipelines.Data;

/// <summary>
/// Asks as a named template's own protocol does: MetaMath's with the cue for chain-of-thought, which its training prompt lacks; the commonsense
/// sets' with the blanks of their evaluation script.
/// </summary>
public sealed class EvaluationFrame(Template template) : IPromptFrame
{
    /// <summary>Ends in "### Response: Let's think step by step."</summary>
    public static EvaluationFrame Metamath { get; } = new(Template.Metamath);

    /// <summary>As LLM-Adapters' commonsense_evaluate.py asks, to the character.</summary>
    public static EvaluationFrame Commonsense { get; } = new(Template.Commonsense);

    public string Name => ((IPromptFrame)template).Name;

    public string Prompt(Example item) => template.EvaluationPrompt(item);
}
