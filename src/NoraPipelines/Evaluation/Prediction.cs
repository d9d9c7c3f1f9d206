using System.Text.Json.Serialization;

namespace NoraPipelines.Evaluation;

/// <summary>A line of predictions.jsonl: what was asked, what came, what was understood, and whether it counts.</summary>
public sealed record Prediction
{
    /// <summary>0-based row of the data set.</summary>
    public required int Index { get; init; }

    public required string Protocol { get; init; }

    /// <summary>All that the model was given, the template's frame included.</summary>
    public required string Prompt { get; init; }

    /// <summary>All that the model wrote, without the end token.</summary>
    public required string Output { get; init; }

    /// <summary>The answer that the protocol found in the output; null where it found none.</summary>
    public string? Extraction { get; init; }

    /// <summary>GSM8K: the last number of the output.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Flexible { get; init; }

    public required string Gold { get; init; }

    /// <summary>"correct", "wrong" or "no answer".</summary>
    public string Verdict => Extraction is null ? "no answer" : Extraction == Gold ? "correct" : "wrong";

    [JsonIgnore]
    public bool Correct => Extraction == Gold;
}
