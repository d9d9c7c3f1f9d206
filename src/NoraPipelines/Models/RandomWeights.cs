using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>Weights drawn from a seed, the same on every device: matrices from N(0, 0.02²), norms that scale by one, biases zero.</summary>
/// <param name="normsAddOne">Whether a norm multiplies by 1 + weight, which then starts at zero.</param>
internal sealed class RandomWeights(int seed, ScalarType dtype, Device device, bool normsAddOne = false) : IDisposable
{
    /// <summary>Standard deviation of random matrices: initializer_range of the published configs.</summary>
    public const double Deviation = 0.02;

    private readonly Generator _generator = new((ulong)seed, CPU);

    public Tensor Draw(string name, long[] dimensions) => OnCpu(name, dimensions).to(dtype, device);

    public void Dispose() => _generator.Dispose();

    private Tensor OnCpu(string name, long[] dimensions) => dimensions.Length switch
    {
        2 => randn(dimensions, generator: _generator).mul_(Deviation),
        _ when name.EndsWith(".bias", StringComparison.Ordinal) || normsAddOne => zeros(dimensions),
        _ => ones(dimensions),
    };
}
