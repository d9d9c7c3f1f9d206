using static TorchSharp.torch;

namespace NoraPipelines.Data;

/// <summary>A batch in managed memory, before its tensors are made.</summary>
public interface IPreparedBatch<out TBatch> where TBatch : IDisposable
{
    /// <summary>Which examples it holds, as indices into the list that they were taken from.</summary>
    IReadOnlyList<int> Examples { get; }

    /// <summary>What the batch counts in the step's mean loss: labelled tokens, or examples.</summary>
    int Weight { get; }

    /// <summary>Tokens, or whatever the model reads of an example, without padding; for the throughput.</summary>
    int Tokens { get; }

    /// <summary>Makes the tensors, in the caller's dispose scope.</summary>
    TBatch ToDevice(Device device);
}
