namespace NoraPipelines.Images;

/// <summary>A data set of images with their classes; rows in the order of its files.</summary>
public sealed record ImageSet
{
    /// <summary>The names of the classes by number, as the data set spells them.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    public required IReadOnlyList<LabelledImage> Train { get; init; }

    /// <summary>Empty where the data set has none.</summary>
    public required IReadOnlyList<LabelledImage> Validation { get; init; }

    /// <summary>Empty where the data set has none.</summary>
    public required IReadOnlyList<LabelledImage> Test { get; init; }

    /// <summary>What the user should know of the data set, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>A few rows of every class; test rows are left as they are.</summary>
    /// <param name="validationShots">At most <paramref name="shots"/>.</param>
    public ImageSet Draw(FewShotSampler sampler, int shots, int seed, int validationShots = 4)
    {
        var draw = FewShotDraw.Of(sampler, [.. Train.Select(row => row.Label)], [.. Validation.Select(row => row.Label)], shots, seed, validationShots);
        return this with { Train = [.. draw.Train.Select(row => Train[row])], Validation = [.. draw.Validation.Select(row => Validation[row])] };
    }
}
