namespace NoraPipelines.Data;

/// <summary>An example as the model sees it. The labels are <c>Ids[LabelStart..]</c>, the end token among them.</summary>
/// <param name="Ids">Token ids; the end token is the last one unless the example was cut at its end.</param>
/// <param name="LabelStart">Index of the first token that is learnt; 0 where the whole text is.</param>
public sealed record TokenizedExample(int[] Ids, int LabelStart)
{
    /// <summary>
    /// What a classifier learns of the whole row: the number of a class or, in a regression, a value. Null: tokens are learnt.
    /// </summary>
    public float? RowLabel { get; private init; }

    /// <summary>A text of which a classifier learns the label.</summary>
    public static TokenizedExample Classified(int[] ids, float label) => new(ids, ids.Length) { RowLabel = label };

    /// <summary>Labels that a loss can count: that of the row, or those of tokens; the first token of a row has no predecessor that could predict it.</summary>
    public int LabelledTokens => RowLabel is not null ? 1 : Math.Max(0, Ids.Length - Math.Max(LabelStart, 1));
}
