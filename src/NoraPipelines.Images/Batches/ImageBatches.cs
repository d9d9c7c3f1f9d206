using NoraPipelines.Data;
using static TorchSharp.torch;

namespace NoraPipelines.Images;

/// <summary>Makes batches by hand; training takes them from an <see cref="ImageCollator"/>.</summary>
public static class ImageBatches
{
    /// <summary>The tensors of some pictures, normalised; the caller's scope owns them.</summary>
    /// <param name="pictures">[size, size] each, as <see cref="PictureTransform.Apply"/> makes them.</param>
    /// <param name="device">Null: the CPU.</param>
    public static ImageBatch Of(IReadOnlyList<Picture> pictures, IReadOnlyList<int> labels, PixelScale scale, Device? device = null) =>
        new PlanarImages(pictures, labels, [.. Enumerable.Range(0, pictures.Count)], scale).ToDevice(device ?? CPU);
}
