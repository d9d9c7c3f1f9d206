using static TorchSharp.torch;

namespace NoraPipelines.Data;

/// <summary>A micro-batch in managed memory, as the preparing thread makes it: nothing here owns a tensor.</summary>
internal sealed class PaddedRows
{
    // rows: an example each or, packed, several; columns: tokens of the longest row. All arrays are row-major [rows, columns].
    private readonly long[] _ids;
    private readonly long[] _labels;
    private readonly bool[]? _mask;
    private readonly long[]? _segments;
    private readonly long[]? _positions;
    private readonly float[]? _rowLabels;
    private readonly int _rows;
    private readonly int _columns;

    private PaddedRows(IReadOnlyList<IReadOnlyList<TokenizedExample>> rows, int padId)
    {
        _rows = rows.Count;
        _columns = rows.Max(Length);
        _ids = new long[_rows * (long)_columns];
        _labels = new long[_ids.Length];
        Array.Fill(_ids, padId);
        Array.Fill(_labels, MicroBatch.Ignored);
        if (rows.Any(row => Length(row) < _columns)) _mask = new bool[_ids.Length];
        if (rows.Any(row => row.Count > 1)) (_segments, _positions) = (new long[_ids.Length], new long[_ids.Length]);
        if (rows.All(row => row is [{ RowLabel: not null }])) _rowLabels = [.. rows.Select(row => row[0].RowLabel!.Value)];
        for (var row = 0; row < _rows; row++)
        {
            var start = row * _columns;
            for (var place = 0; place < rows[row].Count; start += rows[row][place++].Ids.Length) Fill(rows[row][place], start, place + 1);
        }
    }

    public int LabelledTokens { get; private set; }

    public int Tokens { get; private set; }

    /// <summary>A row for each example.</summary>
    public static PaddedRows Of(IReadOnlyList<TokenizedExample> examples, int padId) => new([.. examples.Select(example => new[] { example })], padId);

    /// <summary>Rows of several examples, one after another.</summary>
    public static PaddedRows Packed(IReadOnlyList<IReadOnlyList<TokenizedExample>> rows, int padId) => new(rows, padId);

    public MicroBatch ToMicroBatch(Device device)
    {
        long[] shape = [_rows, _columns];
        var ids = tensor(_ids, shape, dtype: ScalarType.Int64, device: device); // [rows, tokens]
        var labels = tensor(_labels, shape, dtype: ScalarType.Int64, device: device); // [rows, tokens]
        var mask = _mask is null ? null : tensor(_mask, shape, dtype: ScalarType.Bool, device: device); // [rows, tokens]
        var rowLabels = _rowLabels is null ? null : tensor(_rowLabels, device: device); // [rows]
        var segments = _segments is null ? null : tensor(_segments, shape, dtype: ScalarType.Int64, device: device); // [rows, tokens]
        var positions = _positions is null ? null : tensor(_positions, shape, dtype: ScalarType.Int64, device: device); // [rows, tokens]
        return new MicroBatch(ids, labels, mask, LabelledTokens) { RowLabels = rowLabels, Segments = segments, Positions = positions };
    }

    private static int Length(IReadOnlyList<TokenizedExample> row) => row.Sum(example => example.Ids.Length);

    private void Fill(TokenizedExample example, int start, int segment)
    {
        for (var i = 0; i < example.Ids.Length; i++)
        {
            _ids[start + i] = example.Ids[i];
            if (example.IsLabel(i)) _labels[start + i] = example.Ids[i];
            if (_mask is not null) _mask[start + i] = true;
            if (_segments is null) continue;
            _segments[start + i] = segment;
            _positions![start + i] = i;
        }
        LabelledTokens += example.LabelledTokens;
        Tokens += example.Ids.Length;
    }
}
