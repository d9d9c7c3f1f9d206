using System.Collections;

namespace NoraPipelines.Data;

/// <summary>A data set as tokens, and what became of its rows: for the report, and for messages that name a row.</summary>
public sealed class EncodedExamples : IReadOnlyList<TokenizedExample>
{
    private readonly TokenizedExample[] _examples;

    internal EncodedExamples(TokenizedExample[] examples, int[] sourceRows, int cut, int rows)
    {
        (_examples, SourceRows, Cut, Rows) = (examples, sourceRows, cut, rows);
        Tokens = examples.Sum(example => (long)example.Ids.Length);
        LabelledTokens = examples.Sum(example => (long)example.LabelledTokens);
        LongestExample = examples.Max(example => example.Ids.Length);
    }

    /// <summary>Rows of the data set.</summary>
    public int Rows { get; }

    /// <summary>Rows that are not here, because all of their labels lay beyond the limit of tokens.</summary>
    public int Dropped => Rows - Count;

    /// <summary>Examples that are here but lost their end to the limit of tokens.</summary>
    public int Cut { get; }

    /// <summary>Tokens of one epoch.</summary>
    public long Tokens { get; }

    /// <summary>Labels of one epoch, those that have a predecessor.</summary>
    public long LabelledTokens { get; }

    /// <summary>Tokens of the longest example.</summary>
    public int LongestExample { get; }

    /// <summary>For each example the 0-based row of the data set that it came from.</summary>
    public IReadOnlyList<int> SourceRows { get; }

    public int Count => _examples.Length;

    public TokenizedExample this[int index] => _examples[index];

    public IEnumerator<TokenizedExample> GetEnumerator() => ((IEnumerable<TokenizedExample>)_examples).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
