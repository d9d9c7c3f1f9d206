using NoraPipelines.Data;

namespace NoraPipelines.Images;

/// <summary>Looks at the images of some rows before they are trained on or tested.</summary>
public static class ImageCheck
{
    /// <summary>Rows are looked at on several threads; the outcome does not depend on them.</summary>
    /// <param name="rows">An image that stands in several of them is looked at once.</param>
    /// <param name="onError">With Skip the rows of images that cannot be used are left out: look at <see cref="ImageCheckDepth.Whole"/> then, or damage is found in training.</param>
    /// <exception cref="DataException">An image cannot be used and <paramref name="onError"/> is Stop, or none can.</exception>
    public static CheckedImages Of(IReadOnlyList<LabelledImage> rows, ImageCheckDepth depth, OnImageError onError)
    {
        var images = rows.DistinctBy(row => row.Path).ToList();
        var (problems, frames) = (new DataException?[images.Count], new int[images.Count]);
        Parallel.For(0, images.Count, new ParallelOptions { MaxDegreeOfParallelism = ReadingThreads.Usual }, i =>
        {
            try
            {
                frames[i] = Frames(images[i], depth);
            }
            catch (DataException problem)
            {
                problems[i] = problem;
            }
        });
        var found = problems.OfType<DataException>().ToList();
        var unusable = images.Where((_, i) => problems[i] is not null).Select(image => image.Path).ToHashSet();
        var kept = rows.Where(row => !unusable.Contains(row.Path)).ToList();
        if (found.Count > 0 && (onError == OnImageError.Stop || kept.Count == 0))
        {
            throw new DataException($"{found[0].Message} ({Sizes.Count(found.Count)} of {Sizes.Count(images.Count)} images cannot be used"
                + (kept.Count == 0 ? ".)" : "; `on_error: skip` leaves them out.)"), found[0]);
        }
        return new CheckedImages(kept, rows.Count, [.. found.Select(problem => problem.Message)], frames.Count(count => count > 1));
    }

    private static int Frames(LabelledImage image, ImageCheckDepth depth)
    {
        if (depth == ImageCheckDepth.Present)
        {
            image.Find();
            return 1;
        }
        if (depth == ImageCheckDepth.Whole) image.Read();
        return image.ReadHeader().Frames;
    }
}
