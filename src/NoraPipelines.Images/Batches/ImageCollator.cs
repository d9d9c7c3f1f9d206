using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NoraPipelines.Data;

namespace NoraPipelines.Images;

/// <summary>
/// Reads the images of a step and makes them what the model sees. What is drawn for an image is a function of seed, epoch and row alone: it depends on no other image,
/// on no thread, and not on where a run was resumed.
/// </summary>
/// <param name="transform">What the model sees of an image.</param>
/// <param name="scale">How its values become numbers.</param>
/// <param name="seed">Decides the crops and who is mirrored.</param>
/// <param name="threads">Images that are decoded at once; null: a thread for every two cores, at most 8. The batches are the same for any number.</param>
public sealed class ImageCollator(PictureTransform transform, PixelScale scale, int seed, int? threads = null) : ICollator<LabelledImage, ImageBatch>
{
    private readonly ParallelOptions _parallel = new() { MaxDegreeOfParallelism = threads ?? ReadingThreads.Usual };

    /// <summary>Nothing is looked at here: <see cref="ImageCheck"/> does that, as deep as it is asked to.</summary>
    public void Check(IReadOnlyList<LabelledImage> examples)
    {
    }

    /// <summary>Names, classes and the bytes that each file has; what the model sees of them, and the seed.</summary>
    public string ContentMark(IReadOnlyList<LabelledImage> examples)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string line) => hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
        Add(string.Create(CultureInfo.InvariantCulture, $"{transform.Size} {transform.Crop} {transform.Flip} {seed} {string.Join(' ', scale.Mean)} {string.Join(' ', scale.Deviation)}"));
        foreach (var row in examples)
        {
            var file = new FileInfo(row.Path);
            Add(string.Create(CultureInfo.InvariantCulture, $"{row.Label} {(file.Exists ? file.Length : -1)} {row.Name}"));
        }
        return string.Create(CultureInfo.InvariantCulture, $"{examples.Count:N0} images, sha256 {Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}");
    }

    public IReadOnlyList<IPreparedBatch<ImageBatch>> Collate(IReadOnlyList<LabelledImage> examples, long first, int[] step, int microBatch)
    {
        var (seen, problems) = (new Picture[step.Length], new Exception?[step.Length]);
        Parallel.For(0, step.Length, _parallel, i =>
        {
            try
            {
                seen[i] = transform.Apply(examples[step[i]].Read(), RandomOf((first + i) / examples.Count, step[i]));
            }
            catch (DataException problem)
            {
                problems[i] = problem;
            }
        });
        // The first in the order of rows, whichever thread found one first.
        if (problems.FirstOrDefault(problem => problem is not null) is { } found) throw found;
        return
        [
            .. Enumerable.Range(0, step.Length).Chunk(microBatch).Select(pass => new PlanarImages(
                [.. pass.Select(i => seen[i])], [.. pass.Select(i => examples[step[i]].Label)], [.. pass.Select(i => step[i])], scale)),
        ];
    }

    private TorchRandom RandomOf(long epoch, int row) =>
        new((uint)DataOrder.Mix(DataOrder.Mix(DataOrder.Mix(unchecked((ulong)seed)) ^ unchecked((ulong)epoch)) ^ (ulong)row));
}
