namespace NoraPipelines.Plans;

/// <summary>The nearest of the names that were possible.</summary>
public static class DidYouMean
{
    /// <summary>" (did you mean 'q_proj'?)" or nothing.</summary>
    public static string Hint(string word, IEnumerable<string> candidates) =>
        Nearest(word, candidates) is { } near ? $" (did you mean '{near}'?)" : "";

    /// <summary>The candidate at the smallest distance, if at most a third of the longer word is wrong; null otherwise.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        var found = Measured(word, candidates).FirstOrDefault();
        return found.Candidate is { } best && found.Distance <= Math.Max(1, Math.Max(word.Length, best.Length) / 3) ? best : null;
    }

    /// <summary>All candidates, the nearest first; those at one distance keep their order.</summary>
    public static IEnumerable<string> NearestFirst(string word, IEnumerable<string> candidates) => Measured(word, candidates).Select(pair => pair.Candidate);

    // A name is shorter; a longer text is no slip of one, and a table of it would take its length squared.
    private const int LongestName = 256;

    /// <summary>Case aside.</summary>
    private static IEnumerable<(string Candidate, int Distance)> Measured(string word, IEnumerable<string> candidates)
    {
        var lower = word.ToLowerInvariant();
        return candidates.Select(candidate => (Candidate: candidate, Distance: Distance(lower, candidate.ToLowerInvariant()))).OrderBy(pair => pair.Distance);
    }

    /// <summary>Damerau–Levenshtein (optimal string alignment): insertions, deletions, substitutions, neighbours exchanged.</summary>
    private static int Distance(string left, string right)
    {
        if (left.Length > LongestName || right.Length > LongestName) return left == right ? 0 : Math.Max(left.Length, right.Length);
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= right.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var substitution = left[i - 1] == right[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + substitution);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[left.Length, right.Length];
    }
}
