namespace NoraPipelines.Tokenization;

/// <summary>The special tokens around a text, and around and between two texts.</summary>
internal sealed record TokenTemplate(SpecialTokens Single, PairTokens Pair)
{
    public static TokenTemplate None { get; } = new(new SpecialTokens([], []), new PairTokens([], [], []));

    /// <summary>Of a pair each text has around it what it has alone.</summary>
    public static TokenTemplate EachAlone(IReadOnlyList<int> before, IReadOnlyList<int> after) =>
        new(new(before, after), new(before, [.. after, .. before], after));

    /// <summary>This one on the inside, the other around it.</summary>
    public TokenTemplate Within(TokenTemplate outer) => new(
        new([.. outer.Single.Before, .. Single.Before], [.. Single.After, .. outer.Single.After]),
        new([.. outer.Pair.Before, .. Pair.Before], [.. Pair.Between, .. outer.Pair.Between], [.. Pair.After, .. outer.Pair.After]));

    /// <summary>Added tokens stand for nothing, at the text's beginning and end.</summary>
    public List<TokenSpan> Apply(List<TokenSpan> tokens, int textLength)
    {
        var result = new List<TokenSpan>(Single.Before.Count + tokens.Count + Single.After.Count);
        result.AddRange(Single.Before.Select(id => new TokenSpan(id, 0, 0)));
        result.AddRange(tokens);
        result.AddRange(Single.After.Select(id => new TokenSpan(id, textLength, textLength)));
        return result;
    }
}

/// <summary>What stands before and after one text.</summary>
internal sealed record SpecialTokens(IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    public int Count => Before.Count + After.Count;
}

/// <summary>What stands before, between and after two texts.</summary>
internal sealed record PairTokens(IReadOnlyList<int> Before, IReadOnlyList<int> Between, IReadOnlyList<int> After)
{
    public int Count => Before.Count + Between.Count + After.Count;
}
