namespace NoraPipelines.Images;

/// <summary>What became of a data set's rows when their images were looked at: for the terminal, result.json and the report.</summary>
/// <param name="Kept">Rows whose image can be used, in their order.</param>
/// <param name="Rows">Rows that were looked at.</param>
/// <param name="Problems">A sentence for each image that cannot be used, in the order of the rows.</param>
/// <param name="Animated">Images of several frames: the first one is read.</param>
public sealed record CheckedImages(IReadOnlyList<LabelledImage> Kept, int Rows, IReadOnlyList<string> Problems, int Animated)
{
    private const int Shown = 3;

    /// <summary>One line: how many rows, how many of them are left out.</summary>
    public string Describe() => $"{Sizes.Count(Rows)} {(Rows == 1 ? "row" : "rows")}: {Sizes.Count(Rows - Kept.Count)} left out";

    /// <summary>What the user should know, a sentence each.</summary>
    public IEnumerable<string> Warnings()
    {
        if (Problems.Count > 0)
        {
            yield return $"{Sizes.Count(Rows - Kept.Count)} of {Sizes.Count(Rows)} rows are left out, because {Sizes.Count(Problems.Count)} "
                + $"{(Problems.Count == 1 ? "image" : "images")} cannot be used: {string.Join(" ", Problems.Take(Shown))}{(Problems.Count > Shown ? " …" : "")}";
        }
        if (Animated > 0) yield return $"{Sizes.Count(Animated)} {(Animated == 1 ? "image has" : "images have")} several frames: the first one is read.";
    }
}
