using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>Weights drawn from a seed: matrices from N(0, 0.02²), norms that scale by one, biases zero.</summary>
internal sealed class RandomWeights : IDisposable
{
    /// <summary>Standard deviation of random matrices: initializer_range of the published configs.</summary>
    public const double Deviation = 0.02;

    private readonly ScalarType _dtype;
    private readonly Device _device;
    private readonly Device _drawnOn;
    private readonly bool _normsAddOne;
    private readonly Generator? _generator;

    /// <param name="normsAddOne">Whether a norm multiplies by 1 + weight, which then starts at zero.</param>
    /// <param name="drawThere">
    /// By the device's own generator, for speed: seconds instead of minutes for billions of numbers, which are others than those of the CPU.
    /// </param>
    public RandomWeights(int seed, ScalarType dtype, Device device, bool normsAddOne = false, bool drawThere = false)
    {
        (_dtype, _device, _normsAddOne) = (dtype, device, normsAddOne);
        drawThere |= device.type == DeviceType.META; // no numbers: none are drawn
        _drawnOn = drawThere ? device : CPU;
        if (drawThere) DeviceRandom.Seed(seed, device); // a GPU has its default generator alone
        else _generator = new Generator((ulong)seed, CPU);
    }

    public Tensor Draw(string name, long[] dimensions)
    {
        using var drawn = InFloat32(name, dimensions);
        return drawn.to(_dtype, _device);
    }

    public void Dispose() => _generator?.Dispose();

    private Tensor InFloat32(string name, long[] dimensions) => dimensions.Length switch
    {
        2 => randn(dimensions, device: _drawnOn, generator: _generator).mul_(Deviation),
        _ when name.EndsWith(".bias", StringComparison.Ordinal) || _normsAddOne => zeros(dimensions, device: _drawnOn),
        _ => ones(dimensions, device: _drawnOn),
    };
}
