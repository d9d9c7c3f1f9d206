namespace NoraPipelines.Initialization;

/// <summary>Which rows of a padded batch's inputs a calibration observes.</summary>
internal static class CalibrationRows
{
    /// <summary>Up to <paramref name="count"/> of the rows 0 … total − 1.</summary>
    public static HashSet<int> Choose(int total, int count, int seed)
    {
        var all = Enumerable.Range(0, total).ToArray();
        new Random(unchecked((int)Seeds.Mix(seed, "held-out tokens"))).Shuffle(all);
        return [.. all.Take(count)];
    }

    /// <summary>The batches of some examples, each with the places that count in its flattened input [examples · longest]; null: all of them.</summary>
    /// <param name="lengthOf">Rows of an example, padding left out.</param>
    /// <param name="chosen">Which of the examples' rows count, numbered over all of them; null: every one.</param>
    public static IEnumerable<(T[] Examples, long[]? Places)> InBatches<T>(T[] some, int batch, Func<T, int> lengthOf, HashSet<int>? chosen)
    {
        var before = 0;
        foreach (var examples in some.Chunk(batch))
        {
            int[] lengths = [.. examples.Select(lengthOf)];
            yield return (examples, Places(lengths, before, chosen));
            before += lengths.Sum();
        }
    }

    private static long[]? Places(int[] lengths, int before, HashSet<int>? chosen)
    {
        var width = lengths.Max();
        if (chosen is null && Array.TrueForAll(lengths, length => length == width)) return null;
        var places = new List<long>();
        var row = before;
        for (var example = 0; example < lengths.Length; example++)
        {
            for (var position = 0; position < lengths[example]; position++, row++)
                if (chosen is null || chosen.Contains(row)) places.Add((long)example * width + position);
        }
        return [.. places];
    }
}
