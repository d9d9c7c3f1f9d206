using NoraPipelines.Models;

namespace NoraPipelines.Distributed;

/// <summary>
/// The processes that train together. All of them hold the same adapters and make the same steps on shares of each step's data; the first
/// one alone writes. A run of its own process is a group of one: <see cref="SingleProcess"/>.
/// </summary>
public interface IProcessGroup
{
    /// <summary>This process's number, from 0.</summary>
    int Rank { get; }

    /// <summary>How many processes there are.</summary>
    int Size { get; }

    /// <summary>Adds up the gradients of all processes, in place and in the same order everywhere, so that all go on with equal bits.</summary>
    void SumGradients(IReadOnlyList<NamedTensor> parameters);

    /// <summary>The sum of a number over all processes.</summary>
    double Sum(double value);
}
