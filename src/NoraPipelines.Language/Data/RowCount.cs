namespace NoraPipelines.Data;

/// <summary>Counts what becomes of rows, one after the other.</summary>
internal sealed class RowCount(int maxTokens)
{
    private const int Shown = 5;

    private readonly List<int> _lengths = [], _firstLeftOut = [], _firstCut = [];
    private readonly SortedDictionary<string, int> _unread = new(StringComparer.Ordinal);
    private int _leftOut, _empty, _cut;
    private bool _learnsEnds;
    private long _tokens, _learnt;

    public int Rows => _lengths.Count;

    public void Add(EncodedRow row)
    {
        _lengths.Add(row.Length);
        foreach (var name in row.Unread.Distinct()) _unread[name] = _unread.GetValueOrDefault(name) + 1;
        if (row.Example.LabelledTokens == 0)
        {
            if (row.IsCut) _leftOut++;
            else _empty++;
            Note(_firstLeftOut, row);
            return;
        }
        _learnsEnds |= row.Example.RowLabel is null;
        _tokens += row.Example.Ids.Length;
        _learnt += row.Example.LabelledTokens;
        if (!row.IsCut) return;
        _cut++;
        Note(_firstCut, row);
    }

    public EncodedRows Report() => new()
    {
        Rows = Rows,
        LeftOut = _leftOut,
        NothingToLearn = _empty,
        LearnsEnds = _learnsEnds,
        Cut = _cut,
        Tokens = _tokens,
        Learnt = _learnt,
        MaxTokens = maxTokens,
        MaxTokensForMost = MaxTokensForMost(),
        FirstLeftOut = [.. _firstLeftOut],
        FirstCut = [.. _firstCut],
        Unread = _unread,
    };

    public DataException NothingLeft() => new(Rows == 0 ? "There is no row to encode: the data set is empty."
        : _leftOut == 0 ? $"All {Rows} rows were dropped: nothing in them is to be learnt. Give the assistant's messages a weight of 1, or other rows."
        : $"All {Rows} rows were dropped: with at most {maxTokens} tokens an example ends before its response begins. "
          + $"Raise `max_tokens` ({MaxTokensForMost()} holds 99 % of the rows), or shorten the prompts.");

    /// <summary>The length that at least 99 of 100 rows do not exceed.</summary>
    private int MaxTokensForMost()
    {
        var sorted = _lengths.Order().ToList();
        return sorted[(int)Math.Ceiling(sorted.Count * 0.99) - 1];
    }

    private void Note(List<int> first, EncodedRow row)
    {
        if (first.Count < Shown) first.Add(row.Number ?? Rows);
    }
}
