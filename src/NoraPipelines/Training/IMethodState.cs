using NoraPipelines.Models;

namespace NoraPipelines.Training;

/// <summary>What a method keeps beside parameters and moments: a stopped run needs it to go on to the bit.</summary>
public interface IMethodState
{
    /// <summary>By name; a checkpoint is copied into the tensors, which stay the method's.</summary>
    IReadOnlyList<NamedTensor> State { get; }

    /// <summary>Numbers of the step that was just made, for metrics.jsonl.</summary>
    IReadOnlyDictionary<string, double> Metrics { get; }
}
