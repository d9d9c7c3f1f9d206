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
        var paths = rows.Select(row => row.Path).Distinct().ToList();
        var images = paths.Zip(rows.DistinctBy(row => row.Path)).ToDictionary(pair => pair.First, pair => (Row: pair.Second, Seen: new Seen()));
        Parallel.ForEach(images.Values, new ParallelOptions { MaxDegreeOfParallelism = ReadingThreads.Usual }, image => Look(image.Row, depth, image.Seen));
        var broken = paths.Where(path => images[path].Seen.Problem is not null).ToList();
        var kept = rows.Where(row => images[row.Path].Seen.Problem is null).ToList();
        if (broken.Count > 0 && (onError == OnImageError.Stop || kept.Count == 0))
        {
            var problem = images[broken[0]].Seen.Problem!;
            throw new DataException($"{problem.Message} ({Sizes.Count(broken.Count)} of {Sizes.Count(paths.Count)} images cannot be used"
                + (kept.Count == 0 ? ".)" : "; `on_error: skip` leaves them out.)"), problem);
        }
        return new CheckedImages(kept, rows.Count, [.. broken.Select(path => images[path].Seen.Problem!.Message)], paths.Count(path => images[path].Seen.Frames > 1));
    }

    private static void Look(LabelledImage row, ImageCheckDepth depth, Seen seen)
    {
        try
        {
            if (depth == ImageCheckDepth.Present) row.Find();
            else seen.Frames = row.ReadHeader().Frames;
            if (depth == ImageCheckDepth.Whole) row.Read();
        }
        catch (DataException problem)
        {
            seen.Problem = problem;
        }
    }

    private sealed class Seen
    {
        public DataException? Problem;
        public int Frames;
    }
}
