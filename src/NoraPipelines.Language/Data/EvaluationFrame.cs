namespace NoraPipelines.Data;

/// <summary>Asks as a named template's own protocol does: MetaMath's with the cue for chain-of-thought, which its training prompt lacks.</summary>
public sealed class EvaluationFrame(Template template) : IPromptFrame
{
    /// <summary>Ends in "### Response: Let's think step by step."</summary>
    public static EvaluationFrame Metamath { get; } = new(Template.Metamath);

    public string Name => ((IPromptFrame)template).Name;

    public string Prompt(Example item) => template.EvaluationPrompt(item);
}
