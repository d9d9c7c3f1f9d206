using static TorchSharp.torch;

namespace NoraPipelines.Data;

/// <summary>A micro-batch in managed memory, as the preparing thread makes it: nothing here owns a tensor.</summary>
internal sealed class PaddedRows : IPreparedBatch<TextBatch>
{
    // rows: an example each or, packed, several; columns: tokens of the longest row. All arrays are row-major [rows, columns].
    private readonly long[] _ids;
    private readonly long[] _labels;
    private readonly List<long> _places = []; // of the tokens before a label
    private readonly bool[]? _mask;
    private readonly long[]? _segments;
    private readonly long[]? _positions;
    private readonly long[]? _types;
    private readonly float[]? _rowLabels;
    private readonly int _rows;
    private readonly int _columns;

    private PaddedRows(IReadOnlyList<IReadOnlyList<TokenizedExample>> rows, int padId, IReadOnlyList<int> examples)
    {
        Examples = examples;
        _rows = rows.Count;
        _columns = rows.Max(Length);
        _ids = new long[_rows * (long)_columns];
        _labels = new long[_ids.Length];
        Array.Fill(_ids, padId);
        Array.Fill(_labels, TextBatch.Ignored);
        if (rows.Any(row => Length(row) < _columns)) _mask = new bool[_ids.Length];
        if (rows.Any(row => row.Count > 1)) (_segments, _positions) = (new long[_ids.Length], new long[_ids.Length]);
        if (rows.All(row => row is [{ RowLabel: not null }])) _rowLabels = [.. rows.Select(row => row[0].RowLabel!.Value)];
        if (rows.Any(row => row.Any(example => example.SecondStart is not null))) _types = new long[_ids.Length];
        for (var row = 0; row < _rows; row++)
        {
            var start = row * _columns;
            for (var place = 0; place < rows[row].Count; start += rows[row][place++].Ids.Length) Fill(rows[row][place], start, place + 1);
        }
    }

    public IReadOnlyList<int> Examples { get; }

    /// <summary>Labelled tokens, or labelled rows.</summary>
    public int Weight { get; private set; }

    public int Tokens { get; private set; }

    /// <summary>A row for each example.</summary>
    /// <param name="indices">Of the examples, for messages.</param>
    public static PaddedRows Of(IReadOnlyList<TokenizedExample> examples, int padId, IReadOnlyList<int>? indices = null) =>
        new([.. examples.Select(example => new[] { example })], padId, indices ?? []);

    /// <summary>Rows of several examples, one after another.</summary>
    /// <param name="indices">Of the examples, row after row.</param>
    public static PaddedRows Packed(IReadOnlyList<IReadOnlyList<TokenizedExample>> rows, int padId, IReadOnlyList<int> indices) =>
        new(rows, padId, indices);

    public TextBatch ToDevice(Device device)
    {
        long[] shape = [_rows, _columns];
        var ids = tensor(_ids, shape, dtype: ScalarType.Int64).On(device); // [rows, tokens]
        var labels = tensor(_labels, shape, dtype: ScalarType.Int64).On(device); // [rows, tokens]
        var mask = _mask is null ? null : tensor(_mask, shape, dtype: ScalarType.Bool).On(device); // [rows, tokens]
        var rowLabels = _rowLabels is null ? null : tensor(_rowLabels).On(device); // [rows]
        var types = _types is null ? null : tensor(_types, shape, dtype: ScalarType.Int64).On(device); // [rows, tokens]
        var segments = _segments is null ? null : tensor(_segments, shape, dtype: ScalarType.Int64).On(device); // [rows, tokens]
        var positions = _positions is null ? null : tensor(_positions, shape, dtype: ScalarType.Int64).On(device); // [rows, tokens]
        return new TextBatch(ids, labels, mask, Weight)
        {
            LabelPlaces = _places.Count > 0 ? tensor(_places.ToArray(), ScalarType.Int64).On(device) : null, // [labelled]
            RowLabels = rowLabels,
            TokenTypes = types,
            Segments = segments,
            Positions = positions,
        };
    }

    private static int Length(IReadOnlyList<TokenizedExample> row) => row.Sum(example => example.Ids.Length);

    private void Fill(TokenizedExample example, int start, int segment)
    {
        for (var i = 0; i < example.Ids.Length; i++)
        {
            _ids[start + i] = example.Ids[i];
            if (example.IsLabel(i))
            {
                _labels[start + i] = example.Ids[i];
                _places.Add(start + i - 1);
            }
            if (_mask is not null) _mask[start + i] = true;
            if (_types is not null && i >= example.SecondStart) _types[start + i] = 1;
            if (_segments is null) continue;
            _segments[start + i] = segment;
            _positions![start + i] = i;
        }
        Weight += example.LabelledTokens;
        Tokens += example.Ids.Length;
    }
}
