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

    /// <summary>What a laxer reading of the output finds: gsm8k the last number, math the last \boxed{…} where nothing is announced.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Flexible { get; init; }

    public required string Gold { get; init; }

    /// <summary>What the extraction is compared as, where that is another text.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ExtractionForm { get; init; }

    /// <summary>What the gold answer is compared as, where that is another text.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? GoldForm { get; init; }

    /// <summary>"correct", "wrong" or "no answer".</summary>
    public string Verdict => Extraction is null ? "no answer" : Correct ? "correct" : "wrong";

    [JsonIgnore]
    public bool Correct => Extraction is not null && (ExtractionForm ?? Extraction) == (GoldForm ?? Gold);
}
