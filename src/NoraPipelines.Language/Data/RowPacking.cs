namespace NoraPipelines.Data;

/// <summary>
/// Several examples share a row: first fit, the longest example first and those of equal length in the order given (Johnson 1973: at most
/// 11/9 of the fewest rows, and a few). A pure function of the lengths.
/// </summary>
internal static class RowPacking
{
    /// <summary>Rows of examples, the fullest row first.</summary>
    /// <param name="examples">Indices of the examples to pack.</param>
    /// <param name="length">Tokens of an example, at most <paramref name="rowTokens"/>.</param>
    public static IReadOnlyList<int[]> FirstFit(IEnumerable<int> examples, Func<int, int> length, int rowTokens)
    {
        var rows = new List<(List<int> Examples, int Tokens)>();
        foreach (var example in examples.OrderByDescending(length))
        {
            var tokens = length(example);
            var place = rows.FindIndex(row => row.Tokens + tokens <= rowTokens);
            if (place < 0)
            {
                rows.Add(([example], tokens));
                continue;
            }
            rows[place].Examples.Add(example);
            rows[place] = (rows[place].Examples, rows[place].Tokens + tokens);
        }
        return [.. rows.OrderByDescending(row => row.Tokens).Select(row => row.Examples.ToArray())];
    }
}
