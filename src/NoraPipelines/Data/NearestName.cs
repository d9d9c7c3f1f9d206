namespace NoraPipelines.Data;

/// <summary>"Did you mean …?"</summary>
internal static class NearestName
{
    /// <summary>The candidate with the fewest edits, case aside; null where none is near.</summary>
    public static string? Of(string name, IEnumerable<string> candidates) =>
        candidates.Where(candidate => Edits(name, candidate) <= Math.Max(2, name.Length / 3)).MinBy(candidate => Edits(name, candidate));

    /// <summary>Levenshtein's distance, case aside.</summary>
    public static int Edits(string left, string right)
    {
        var previous = Enumerable.Range(0, right.Length + 1).ToArray();
        foreach (var (i, letter) in left.Index())
        {
            var current = new int[right.Length + 1];
            current[0] = i + 1;
            for (var j = 0; j < right.Length; j++)
            {
                var same = char.ToLowerInvariant(letter) == char.ToLowerInvariant(right[j]);
                current[j + 1] = Math.Min(Math.Min(current[j], previous[j + 1]) + 1, previous[j] + (same ? 0 : 1));
            }
            previous = current;
        }
        return previous[^1];
    }
}
