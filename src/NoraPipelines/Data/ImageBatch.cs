using static TorchSharp.torch;

namespace NoraPipelines.Data;

/// <summary>Images that go through the model at once.</summary>
/// <param name="pixels">[rows, 3, size, size] float32: red, green, blue, normalised.</param>
/// <param name="labels">[rows] int64: the number of the class.</param>
public sealed class ImageBatch(Tensor pixels, Tensor labels) : IDisposable
{
    /// <summary>[rows, 3, size, size] float32.</summary>
    public Tensor Pixels { get; } = pixels;

    /// <summary>[rows] int64.</summary>
    public Tensor Labels { get; } = labels;

    public void Dispose()
    {
        Pixels.Dispose();
        Labels.Dispose();
    }
}
