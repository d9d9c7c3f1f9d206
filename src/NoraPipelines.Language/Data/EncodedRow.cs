namespace NoraPipelines.Data;

/// <summary>A row as tokens, and what became of it.</summary>
/// <param name="Example">At most as long as the limit of tokens.</param>
/// <param name="Length">Tokens of the whole row, before it was cut.</param>
internal readonly record struct EncodedRow(TokenizedExample Example, int Length)
{
    /// <summary>Its place in the data set, from 1; null: as it comes.</summary>
    public int? Number { get; init; }

    /// <summary>What the row holds and nothing reads.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];

    public bool IsCut => Length > Example.Ids.Length;
}
