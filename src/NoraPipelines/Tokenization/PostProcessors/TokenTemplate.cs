namespace NoraPipelines.Tokenization;

/// <summary>The special tokens that are put before and after a text.</summary>
internal sealed record TokenTemplate(IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    public static TokenTemplate None { get; } = new([], []);

    /// <summary>This one on the inside, the other around it.</summary>
    public TokenTemplate Within(TokenTemplate outer) => new([.. outer.Before, .. Before], [.. After, .. outer.After]);

    /// <summary>Added tokens stand for nothing, at the text's beginning and end.</summary>
    public List<TokenSpan> Apply(List<TokenSpan> tokens, int textLength)
    {
        var result = new List<TokenSpan>(Before.Count + tokens.Count + After.Count);
        result.AddRange(Before.Select(id => new TokenSpan(id, 0, 0)));
        result.AddRange(tokens);
        result.AddRange(After.Select(id => new TokenSpan(id, textLength, textLength)));
        return result;
    }
}
