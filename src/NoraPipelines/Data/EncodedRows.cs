namespace NoraPipelines.Data;

/// <summary>What became of a data set's rows when they were made into tokens: for the terminal, result.json and the report.</summary>
public sealed record EncodedRows
{
    /// <summary>Rows of the data set.</summary>
    public required int Rows { get; init; }

    /// <summary>Rows left out, because the limit of tokens ends them before anything that is learnt.</summary>
    public required int LeftOut { get; init; }

    /// <summary>Rows left out, because nothing in them is to be learnt.</summary>
    public required int NothingToLearn { get; init; }

    /// <summary>Whether a row's end is learnt: texts are, labels of texts are not.</summary>
    public required bool LearnsEnds { get; init; }

    /// <summary>Rows that are kept and lost their end, and with it their end token, to the limit of tokens.</summary>
    public required int Cut { get; init; }

    /// <summary>Tokens of the rows that are kept.</summary>
    public required long Tokens { get; init; }

    /// <summary>Tokens of them that are learnt.</summary>
    public required long Learnt { get; init; }

    /// <summary>The limit: `max_tokens`.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>The smallest limit that at least 99 of 100 rows fit into.</summary>
    public required int MaxTokensForMost { get; init; }

    /// <summary>1-based numbers, in the data set before any split, of the first rows that are left out, for whichever reason.</summary>
    public required IReadOnlyList<int> FirstLeftOut { get; init; }

    /// <summary>1-based numbers, as above, of the first rows that are cut.</summary>
    public required IReadOnlyList<int> FirstCut { get; init; }

    /// <summary>What rows hold and nothing reads, with the number of rows that do.</summary>
    public required IReadOnlyDictionary<string, int> Unread { get; init; }

    /// <summary>One line: how many rows, which of them are left out or cut, how many tokens.</summary>
    public string Describe()
    {
        var empty = NothingToLearn == 0 ? "" : $"{Sizes.Count(NothingToLearn)} left out (nothing in them is to be learnt), ";
        var leftOut = LeftOut == 0 ? "0 left out" : $"{Sizes.Count(LeftOut)} left out (longer than max_tokens {MaxTokens} before the response begins)";
        return $"{Sizes.Count(Rows)} {(Rows == 1 ? "row" : "rows")}: {empty}{leftOut}, {Sizes.Count(Cut)} cut; "
            + $"{Sizes.Count(Tokens)} tokens, {Sizes.Count(Learnt)} learnt";
    }

    /// <summary>What the user should know, a sentence each: rows left out or cut beyond 1 in 100, no end learnt, fields that are not read.</summary>
    public IEnumerable<string> Warnings()
    {
        var kept = Rows - LeftOut - NothingToLearn;
        if (LeftOut + Cut > 0 && (LeftOut + Cut) * 100L > Rows)
        {
            yield return $"{Sizes.Count(LeftOut + Cut)} of {Sizes.Count(Rows)} rows are longer than max_tokens {MaxTokens} ("
                + string.Join("; ", new[] { Numbers("left out", FirstLeftOut, LeftOut + NothingToLearn), Numbers("cut", FirstCut, Cut) }.OfType<string>())
                + $"). max_tokens {MaxTokensForMost} holds 99 % of them.";
        }
        if (NothingToLearn * 100L > Rows)
            yield return $"{Sizes.Count(NothingToLearn)} of {Sizes.Count(Rows)} rows have nothing to learn and are left out"
                + (LeftOut == 0 ? $" ({Numbers("rows", FirstLeftOut, NothingToLearn)})." : ".");
        if (LearnsEnds && Cut > 0 && Cut == kept)
            yield return $"{Sizes.Count(Cut)} of {Sizes.Count(kept)} rows are cut: none of them teaches the model to end. Raise max_tokens.";
        if (Unread.Count > 0) yield return NotRead(Unread, Rows);
    }

    /// <summary>A sentence of what rows hold and nothing reads.</summary>
    /// <param name="unread">What it is, and how many of the rows have it.</param>
    public static string NotRead(IReadOnlyDictionary<string, int> unread, int rows) =>
        $"Not read: {string.Join(", ", unread.Select(field => $"{field.Key} ({Sizes.Count(field.Value)} of {Sizes.Count(rows)} rows)"))}.";

    private static string? Numbers(string what, IReadOnlyList<int> first, int all) => first.Count == 0 ? null
        : $"{what}: {string.Join(", ", first)}{(all > first.Count ? ", …" : "")}";
}
