using NoraPipelines.Tokenization;

namespace NoraPipelines.Generation;

/// <summary>What <see cref="TextGenerator.Generate"/> needs to know besides the prompts.</summary>
public sealed record GenerationOptions
{
    /// <summary>Longest continuation, in tokens.</summary>
    public required int MaxNewTokens { get; init; }

    public Decoding Decoding { get; init; } = Decoding.Greedy;

    /// <summary>A row that yields one of them is finished; empty: every row gets all tokens.</summary>
    public IReadOnlyList<int> EndIds { get; init; } = [];

    /// <summary>Stands left of shorter prompts; no other token sees it.</summary>
    public int PadId { get; init; }

    /// <summary>Spells the tokens out, to look for stop strings.</summary>
    public TextTokenizer? Tokenizer { get; init; }

    /// <summary>Told each token as it is chosen, with its prompt's place in the list; not by beams, which choose at the end.</summary>
    public Action<int, int>? OnToken { get; init; }

    /// <summary>Numbers that the draws of each prompt depend on; null: its place in the list.</summary>
    public IReadOnlyList<int>? Numbers { get; init; }

    /// <summary>Ends the generation between two tokens.</summary>
    public CancellationToken Stop { get; init; }

    /// <exception cref="NoraException">A value is out of its range, or two of them exclude each other.</exception>
    internal void Check()
    {
        if (MaxNewTokens < 0) throw new NoraException($"{MaxNewTokens} new tokens were asked for; the number cannot be negative.");
        Decoding.Check();
        if (Decoding.MinNewTokens > MaxNewTokens)
            throw new NoraException($"At least {Decoding.MinNewTokens} and at most {MaxNewTokens} new tokens were asked for; no text has both.");
        if (Decoding.StopStrings.Count > 0 && Tokenizer is null)
            throw new NoraException("Stop strings were given without a tokenizer to spell the tokens; set GenerationOptions.Tokenizer.");
    }
}
