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

    /// <summary>Which tokens are learnt, where they are more than one stretch; null: <c>Ids[LabelStart..]</c>.</summary>
    public bool[]? Labelled { get; private init; }

    /// <summary>Tokens of which several stretches are learnt, such as the assistant's turns of a conversation.</summary>
    /// <param name="labelled">As long as <paramref name="ids"/>.</param>
    public static TokenizedExample WithLabels(int[] ids, bool[] labelled)
    {
        var first = Array.IndexOf(labelled, true);
        return new(ids, first < 0 ? ids.Length : first) { Labelled = labelled };
    }

    /// <summary>Whether the token at a place is a label that a loss can count.</summary>
    public bool IsLabel(int place) => place > 0 && (Labelled is null ? place >= LabelStart : Labelled[place]);

    /// <summary>Of a pair of texts, the place where the second one's tokens begin; null: one text.</summary>
    public int? SecondStart { get; private init; }

    /// <summary>A text, or a pair of texts, of which a classifier learns the label.</summary>
    public static TokenizedExample Classified(int[] ids, float label, int? secondStart = null) =>
        new(ids, ids.Length) { RowLabel = label, SecondStart = secondStart };

    /// <summary>Labels that a loss can count: that of the row, or those of tokens; the first token of a row has no predecessor that could predict it.</summary>
    public int LabelledTokens => RowLabel is not null ? 1 : Labelled is not null ? Labelled.Skip(1).Count(label => label) : Math.Max(0, Ids.Length - Math.Max(LabelStart, 1));
}
