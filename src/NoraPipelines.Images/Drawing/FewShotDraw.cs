namespace NoraPipelines.Images;

/// <summary>A few rows of every class, as numbers of rows in the order in which the sampler of the reference returns them.</summary>
public sealed record FewShotDraw(IReadOnlyList<int> Train, IReadOnlyList<int> Validation)
{
    private const int MostValidation = 4, SeedOfTipAdapter = 1;

    /// <param name="train">The class of each training row.</param>
    /// <param name="validation">The class of each validation row.</param>
    /// <param name="shots">Rows of a class to train on.</param>
    /// <param name="validationShots">Rows of a class to validate on, at most <paramref name="shots"/>. Tip-Adapter takes all.</param>
    public static FewShotDraw Of(FewShotSampler sampler, IReadOnlyList<int> train, IReadOnlyList<int> validation, int shots, int seed,
        int validationShots = MostValidation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shots);
        ArgumentOutOfRangeException.ThrowIfNegative(validationShots);
        var few = Math.Min(shots, validationShots);
        switch (sampler)
        {
            case FewShotSampler.ClipLora:
                var lora = new PythonRandom(seed);
                var first = Draw(lora, validation, few, withReplacement: true);
                return new FewShotDraw(Draw(lora, train, shots, withReplacement: true), first);
            case FewShotSampler.TipAdapter:
                return new FewShotDraw(Draw(new PythonRandom(SeedOfTipAdapter), train, shots, withReplacement: true), [.. Enumerable.Range(0, validation.Count)]);
            default:
                var coop = new PythonRandom(seed);
                return new FewShotDraw(Draw(coop, train, shots, withReplacement: false), Draw(coop, validation, few, withReplacement: false));
        }
    }

    // Classes in the order of their first row: dictionaries of Python keep it, and so does a lookup.
    private static List<int> Draw(PythonRandom random, IReadOnlyList<int> labels, int shots, bool withReplacement) =>
    [
        .. Enumerable.Range(0, labels.Count).ToLookup(row => labels[row]).SelectMany(rows =>
        {
            int[] own = [.. rows];
            return own.Length >= shots ? random.Sample(own, shots) : withReplacement ? random.Choices(own, shots) : own;
        }),
    ];
}
