namespace NoraPipelines.Plans;

/// <summary>How an answer is chosen among all that the model could write.</summary>
public sealed record DecodingPlan
{
    public DecodingKind Kind { get; init; } = DecodingKind.Greedy;

    /// <summary>Beams that are followed at once.</summary>
    public int Beams { get; init; } = 4;

    /// <summary>A finished beam scores Σ log p / length^penalty.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>Logits are divided by it before a token is drawn.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Draw only from this many of the most probable tokens; null: from all.</summary>
    public int? TopK { get; init; }

    /// <summary>Draw from the most probable tokens that together have this probability.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Fixes the draws.</summary>
    public int Seed { get; init; }

    /// <summary>The least number of tokens in an answer.</summary>
    public int MinNewTokens { get; init; }

    /// <summary>An answer ends where one of these texts appears.</summary>
    public EquatableArray<string> Stop { get; init; }
}

/// <summary>The ways of choosing.</summary>
public enum DecodingKind
{
    /// <summary>The most probable token each time.</summary>
    Greedy,

    /// <summary>Several texts are followed, and the most probable wins.</summary>
    Beams,

    /// <summary>Each token is drawn.</summary>
    Sampling,

    /// <summary>Nothing is written: the most probable of the options that the question offers.</summary>
    Likelihood,
}
