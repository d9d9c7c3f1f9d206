namespace NoraPipelines.Data;

/// <summary>A row as tokens, and what became of it.</summary>
/// <param name="Example">At most as long as the limit of tokens.</param>
/// <param name="Length">Tokens of the whole row, before it was cut.</param>
internal readonly record struct EncodedRow(TokenizedExample Example, int Length)
{
    /// <summary>What the row holds and nothing reads.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];

    public bool IsCut => Length > Example.Ids.Length;
}
