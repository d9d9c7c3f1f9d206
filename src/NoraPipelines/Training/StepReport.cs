using System.Text.Json.Serialization;
using NoraPipelines.Data;

namespace NoraPipelines.Training;

/// <summary>What one optimizer step did: a line of metrics.jsonl, and what a pipeline's OnStep is given.</summary>
public sealed record StepReport
{
    /// <summary>Optimizer steps done, this one included: the first is 1.</summary>
    public required int Step { get; init; }

    /// <summary>Optimizer steps of the whole run.</summary>
    public required int Steps { get; init; }

    /// <summary>Mean loss of the labelled tokens of the step, in nats.</summary>
    public required double Loss { get; init; }

    public required double LearningRate { get; init; }

    /// <summary>2-norm of the whole gradient before it was clipped.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Tokens that went through the model, padding not counted.</summary>
    public required int Tokens { get; init; }

    /// <summary>Tokens that the loss is the mean of.</summary>
    public required int LabelledTokens { get; init; }

    /// <summary>Wall-clock seconds of this step.</summary>
    public required double Seconds { get; init; }

    /// <summary>Numbers of the method: AdaLoRA's mean rank, for one; null where it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, double>? Method { get; init; }

    /// <summary>What became of the rows of each data set that was read before training; null on every line but the first step's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, EncodedRows>? Data { get; init; }

    /// <summary>What the card has at the step's end; null on a CPU.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DeviceMemory? Memory { get; init; }

    public double TokensPerSecond => Seconds > 0 ? Tokens / Seconds : 0;
}
