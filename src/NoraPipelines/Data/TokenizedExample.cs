namespace NoraPipelines.Data;

/// <summary>An example as the model sees it. The labels are <c>Ids[LabelStart..]</c>, the end token among them.</summary>
/// <param name="Ids">Token ids; the end token is the last one unless the example was cut at its end.</param>
/// <param name="LabelStart">Index of the first token that is learnt; 0 where the whole text is.</param>
public sealed record TokenizedExample(int[] Ids, int LabelStart)
{
    /// <summary>Labels that a loss can count: the first token of a row has no predecessor that could predict it.</summary>
    public int LabelledTokens => Math.Max(0, Ids.Length - Math.Max(LabelStart, 1));
}
