using System.Diagnostics;
using static TorchSharp.torch;

namespace NoraPipelines.Benchmarks.Measuring;

/// <summary>The rate of one large matrix product, in operations a second: what the same minute's machine can do at best.</summary>
internal sealed class MatrixRate : IDisposable
{
    private readonly Tensor _a;
    private readonly Tensor _b;
    private readonly Device _device;
    private readonly long _size;
    private readonly int _products; // a GPU that waits for the host after each is not at its rate

    public MatrixRate(ScalarType dtype, Device device)
    {
        _device = device;
        _products = device.type == TorchSharp.DeviceType.CUDA ? 10 : 1;
        _size = device.type == TorchSharp.DeviceType.CUDA ? 8192 : 2048;
        _a = rand(_size, _size, device: device).to(dtype).DetachFromDisposeScope();
        _b = rand(_size, _size, device: device).to(dtype).DetachFromDisposeScope();
    }

    public double Measure()
    {
        using var noGradient = no_grad();
        DeviceClock.Wait(_device);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < _products; i++) nn.functional.linear(_a, _b).Dispose();
        DeviceClock.Wait(_device);
        return _products * 2.0 * _size * _size * _size / watch.Elapsed.TotalSeconds;
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }
}
