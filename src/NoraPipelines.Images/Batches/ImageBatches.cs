using NoraPipelines.Data;
using static TorchSharp.torch;

namespace NoraPipelines.Images;

/// <summary>Batches for evaluation and by hand; training takes them from an <see cref="ImageCollator"/>.</summary>
public static class ImageBatches
{
    /// <summary>The tensors of some pictures, normalised; the caller's scope owns them.</summary>
    /// <param name="pictures">[size, size] each, as <see cref="PictureTransform.Apply"/> makes them.</param>
    /// <param name="device">Null: the CPU.</param>
    public static ImageBatch Of(IReadOnlyList<Picture> pictures, IReadOnlyList<int> labels, PixelScale scale, Device? device = null) =>
        new PlanarImages(pictures, labels, [.. Enumerable.Range(0, pictures.Count)], scale).ToDevice(device ?? CPU);

    /// <summary>Every row once, in order; the next batch is read on other threads while the caller uses one. The caller disposes each.</summary>
    /// <param name="transform">Draws nothing.</param>
    /// <param name="batch">Rows of a batch; the last one may have fewer.</param>
    /// <exception cref="DataException">An image cannot be read; its path is named.</exception>
    public static IEnumerable<ImageBatch> InOrder(IReadOnlyList<LabelledImage> rows, PictureTransform transform, PixelScale scale, int batch, Device device)
    {
        if (transform.IsRandom) throw new ArgumentException("A transform that crops or mirrors at random is for training.", nameof(transform));
        var collator = new ImageCollator(transform, scale, seed: 0);
        Task<IPreparedBatch<ImageBatch>> Read(int[] step) => Task.Run(() => collator.Collate(rows, 0, step, batch).Single());
        var steps = Enumerable.Range(0, rows.Count).Chunk(batch).ToList();
        var next = steps.Count > 0 ? Read(steps[0]) : null;
        for (var step = 1; next is not null; step++)
        {
            var ready = next.GetAwaiter().GetResult();
            next = step < steps.Count ? Read(steps[step]) : null;
            yield return ready.ToDevice(device);
        }
    }
}
