using System.Text.Json.Serialization;

namespace NoraPipelines.Evaluation;

/// <summary>A line of a classifier's predictions.jsonl.</summary>
public sealed record ClassifiedText
{
    /// <summary>0-based row of the data set.</summary>
    public required int Index { get; init; }

    public required string Protocol { get; init; }

    public required string Text { get; init; }

    /// <summary>The other text of a pair.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Second { get; init; }

    /// <summary>The reference's class by its name, or its value.</summary>
    public required string Label { get; init; }

    public required string Predicted { get; init; }

    /// <summary>"correct" or "wrong"; in a regression how far the prediction is off.</summary>
    public required string Verdict { get; init; }

    /// <summary>What the head said, one number a class.</summary>
    public required IReadOnlyList<float> Logits { get; init; }
}
