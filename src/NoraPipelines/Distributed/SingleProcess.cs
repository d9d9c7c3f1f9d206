using NoraPipelines.Models;

namespace NoraPipelines.Distributed;

/// <summary>A run that has no other processes.</summary>
public sealed class SingleProcess : IProcessGroup
{
    private SingleProcess()
    {
    }

    public static SingleProcess Instance { get; } = new();

    public int Rank => 0;

    public int Size => 1;

    /// <summary>The gradients of this process are the sum already.</summary>
    public void SumGradients(IReadOnlyList<NamedTensor> parameters)
    {
    }

    public double Sum(double value) => value;
}
