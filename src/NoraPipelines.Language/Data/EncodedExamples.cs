using System.Collections;
using System.Runtime.ExceptionServices;

namespace NoraPipelines.Data;

/// <summary>A data set as tokens, and what became of its rows: for the report, and for messages that name a row.</summary>
public sealed class EncodedExamples : IReadOnlyList<TokenizedExample>
{
    private readonly TokenizedExample[] _examples;

    internal delegate TokenizedExample EncodeRow(Example example, out bool cut);

    internal EncodedExamples(TokenizedExample[] examples, int[] sourceRows, int cut, int rows)
    {
        (_examples, SourceRows, Cut, Rows) = (examples, sourceRows, cut, rows);
        Tokens = examples.Sum(example => (long)example.Ids.Length);
        LabelledTokens = examples.Sum(example => (long)example.LabelledTokens);
        LongestExample = examples.Max(example => example.Ids.Length);
    }

    /// <summary>Encodes on all processors; rows with nothing to learn are left out. The texts of a few thousand rows are in memory at once.</summary>
    /// <exception cref="NoraException">A row does not fit, or none is left.</exception>
    internal static EncodedExamples Of(IEnumerable<Example> examples, int maxTokens, EncodeRow encode)
    {
        const int textsAtOnce = 4096;
        var (kept, sourceRows, cutRows, rows) = (new List<TokenizedExample>(), new List<int>(), 0, 0);
        foreach (var texts in examples.Chunk(textsAtOnce))
        {
            var (encoded, cut) = Encode(texts, rows, encode);
            for (var i = 0; i < encoded.Length; i++)
            {
                if (encoded[i].LabelledTokens == 0) continue;
                kept.Add(encoded[i]);
                sourceRows.Add(rows + i);
                if (cut[i]) cutRows++;
            }
            rows += texts.Length;
        }
        if (kept.Count == 0) throw NothingLeft(rows, maxTokens);
        return new EncodedExamples([.. kept], [.. sourceRows], cutRows, rows);
    }

    private static (TokenizedExample[] Encoded, bool[] Cut) Encode(Example[] texts, int firstRow, EncodeRow encode)
    {
        var encoded = new TokenizedExample[texts.Length];
        var cut = new bool[texts.Length];
        try
        {
            Parallel.For(0, texts.Length, i =>
            {
                try
                {
                    encoded[i] = encode(texts[i], out cut[i]);
                }
                catch (Exception refused) when (refused is NoraException or TextException)
                {
                    throw new DataException($"Row {firstRow + i + 1} of the data set: {refused.Message}", refused);
                }
            });
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
        return (encoded, cut);
    }

    private static DataException NothingLeft(int rows, int maxTokens) => new(rows == 0
        ? "There is no row to encode: the data set is empty."
        : $"All {rows} rows were dropped: with at most {maxTokens} tokens an example ends before its response begins. "
          + "Raise `max_tokens`, or shorten the prompts.");

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
