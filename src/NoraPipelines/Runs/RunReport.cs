using System.Text.Json.Serialization;
using NoraPipelines.Data;

namespace NoraPipelines.Runs;

/// <summary>The result of a run: result.json in its folder, and what `run --json` prints.</summary>
public sealed record RunReport
{
    public required string Pipeline { get; init; }

    public required int Seed { get; init; }

    /// <summary>Parameters that train.</summary>
    public required long Trainable { get; init; }

    /// <summary>Parameters of the model, without the adapter's.</summary>
    public required long Total { get; init; }

    public required int Steps { get; init; }

    public required LossChange Loss { get; init; }

    public required EvaluationChange Evaluation { get; init; }

    /// <summary>Null where the plan has no AwSVD to compare.</summary>
    [JsonPropertyName("awsvd")]
    public AwSvdResult? AwSvd { get; init; }

    /// <summary>What became of the rows of `train` and of each evaluation that encodes its rows, by the task's name.</summary>
    public IReadOnlyDictionary<string, EncodedRows> Data { get; init; } = new Dictionary<string, EncodedRows>();

    /// <summary>
    /// Wall-clock seconds of load, calibrate, initialise, train, evaluate, other stages, and total. `wait_for_data` is what training waited for its
    /// next batch, which `train` leaves out.
    /// </summary>
    public required IReadOnlyDictionary<string, double> Seconds { get; init; }

    /// <summary>Tokens trained on (padding not counted) over the seconds of training.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Bytes that were used at once where the run computed; null where this system does not tell.</summary>
    public long? PeakMemory { get; init; }

    /// <summary>
    /// What <see cref="PeakMemory"/> is: `process`, resident in the process; `allocator`, taken of a card by libtorch, free blocks that it keeps
    /// included; `driver`, what more was in use on the whole card than before the run. Null where there is no number.
    /// </summary>
    public string? PeakMemorySource { get; init; }

    /// <summary>Bytes of tensors on a card at most; null on a CPU and where nobody counts them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? PeakMemoryHeld { get; init; }

    /// <summary>The exported adapter's folder; null where nothing was exported.</summary>
    public string? Adapter { get; init; }

    public required string RunDirectory { get; init; }

    /// <summary>The HTML file.</summary>
    public required string Report { get; init; }
}

/// <summary>Mean loss of the first and of the last optimizer step, in nats a token.</summary>
public sealed record LossChange(double? First, double? Last);

/// <summary>Metrics by name before and after training; empty where the plan evaluates nothing.</summary>
public sealed record EvaluationChange(IReadOnlyDictionary<string, double> Before, IReadOnlyDictionary<string, double> After);

/// <summary>What the outer initialisation achieved.</summary>
public sealed record AwSvdResult(AwSvdErrors Error);

/// <summary>Mean over projections of the relative output error on held-out calibration tokens (docs/method.md, section 2).</summary>
public sealed record AwSvdErrors(
    double? Random, double? Svd, [property: JsonPropertyName("awsvd")] double? AwSvd, double? Covariance = null);
