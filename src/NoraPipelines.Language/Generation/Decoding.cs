namespace NoraPipelines.Generation;

/// <summary>How a text is chosen among all that a model could write. One of three: greedy, sampled, or by beams.</summary>
public sealed record Decoding
{
    /// <summary>The most probable token each time.</summary>
    public static Decoding Greedy { get; } = new();

    /// <summary>Each token is drawn; the same seed gives the same texts.</summary>
    public SamplingOptions? Sampling { get; init; }

    /// <summary>Texts that are followed at once, of which the most probable wins; 1: none but the greedy one.</summary>
    public int Beams { get; init; } = 1;

    /// <summary>A finished beam scores Σ log p / length^penalty, the end token counted: above 0 favours longer texts.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>Ends a search as soon as as many texts have ended as there are beams, without asking whether a better one may come.</summary>
    public bool EarlyStopping { get; init; }

    /// <summary>The least number of tokens in a text.</summary>
    public int MinNewTokens { get; init; }

    /// <summary>A text ends where one of these appears; not with beams. Needs <see cref="GenerationOptions.Tokenizer"/>.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Each token is drawn.</summary>
    public static Decoding Sample(SamplingOptions options) => new() { Sampling = options };

    /// <summary>Beam search as transformers does it.</summary>
    public static Decoding BeamSearch(int beams = 4, double lengthPenalty = 1) => new() { Beams = beams, LengthPenalty = lengthPenalty };

    /// <exception cref="NoraException">A value is out of its range, or two of them exclude each other.</exception>
    internal void Check()
    {
        if (Beams < 1) throw new NoraException($"The number of beams is {Beams}; it must be at least 1.");
        if (MinNewTokens < 0) throw new NoraException($"The least number of new tokens is {MinNewTokens}; it cannot be negative.");
        if (!double.IsFinite(LengthPenalty)) throw new NoraException($"The length penalty is {LengthPenalty}; it must be a number.");
        if (StopStrings.Any(string.IsNullOrEmpty)) throw new NoraException("A stop string is empty; it would end every text at once.");
        Sampling?.Check();
        if (Beams == 1) return;
        if (Sampling is not null) throw new NoraException($"{Beams} beams and sampling were asked for; choose one of the two.");
        if (StopStrings.Count > 0)
            throw new NoraException($"{Beams} beams and stop strings were asked for; a beam ends at an end token alone. Use one beam.");
    }
}
