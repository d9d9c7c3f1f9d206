using System.Collections;
using System.Runtime.ExceptionServices;

namespace NoraPipelines.Data;

/// <summary>A data set as tokens, and what became of its rows: for the report, and for messages that name a row.</summary>
public sealed class EncodedExamples : IReadOnlyList<TokenizedExample>
{
    private readonly TokenizedExample[] _examples;

    internal EncodedExamples(TokenizedExample[] examples, int[] sourceRows, EncodedRows report)
    {
        (_examples, SourceRows, Report) = (examples, sourceRows, report);
        LongestExample = examples.Max(example => example.Ids.Length);
    }

    /// <summary>Encodes on all processors; rows with nothing to learn are left out. The texts of a few thousand rows are in memory at once.</summary>
    /// <exception cref="NoraException">A row does not fit, or none is left.</exception>
    internal static EncodedExamples Of<T>(IEnumerable<T> rows, int maxTokens, Func<T, EncodedRow> encode)
    {
        const int textsAtOnce = 4096;
        var (kept, sourceRows, count) = (new List<TokenizedExample>(), new List<int>(), new RowCount(maxTokens));
        foreach (var texts in rows.Chunk(textsAtOnce))
        {
            foreach (var row in Encode(texts, count.Rows, encode))
            {
                if (row.Example.LabelledTokens > 0)
                {
                    kept.Add(row.Example);
                    sourceRows.Add(count.Rows);
                }
                count.Add(row);
            }
        }
        if (kept.Count == 0) throw count.NothingLeft();
        return new EncodedExamples([.. kept], [.. sourceRows], count.Report());
    }

    private static EncodedRow[] Encode<T>(T[] texts, int firstRow, Func<T, EncodedRow> encode)
    {
        var encoded = new EncodedRow[texts.Length];
        var refusals = new Exception?[texts.Length];
        try
        {
            Parallel.For(0, texts.Length, (i, loop) =>
            {
                try
                {
                    encoded[i] = encode(texts[i]);
                }
                catch (Exception refused) when (refused is NoraException or TextException)
                {
                    refusals[i] = refused;
                    loop.Break(); // the rows before it are still encoded, so that the first that is refused is named
                }
            });
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
        if (Array.FindIndex(refusals, refusal => refusal is not null) is >= 0 and var at)
            throw new DataException($"Row {(texts[at] is Example { Number: { } number } ? number : firstRow + at + 1)} of the data set: {refusals[at]!.Message}", refusals[at]!);
        return encoded;
    }

    /// <summary>What became of the rows.</summary>
    public EncodedRows Report { get; }

    /// <summary>Rows of the data set.</summary>
    public int Rows => Report.Rows;

    /// <summary>Rows that are not here, because there is nothing to learn in them, or nothing before the limit of tokens.</summary>
    public int Dropped => Rows - Count;

    /// <summary>Examples that are here but lost their end to the limit of tokens.</summary>
    public int Cut => Report.Cut;

    /// <summary>Tokens of one epoch.</summary>
    public long Tokens => Report.Tokens;

    /// <summary>Labels of one epoch, those that have a predecessor.</summary>
    public long LabelledTokens => Report.Learnt;

    /// <summary>Tokens of the longest example.</summary>
    public int LongestExample { get; }

    /// <summary>For each example the 0-based row of the data set that it came from.</summary>
    public IReadOnlyList<int> SourceRows { get; }

    public int Count => _examples.Length;

    public TokenizedExample this[int index] => _examples[index];

    public IEnumerator<TokenizedExample> GetEnumerator() => ((IEnumerable<TokenizedExample>)_examples).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
