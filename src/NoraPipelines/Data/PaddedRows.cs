using static TorchSharp.torch;

namespace NoraPipelines.Data;

/// <summary>A micro-batch in managed memory, as the preparing thread makes it: nothing here owns a tensor.</summary>
internal sealed class PaddedRows
{
    // rows: examples; columns: tokens of the longest one. All arrays are row-major [rows, columns].
    private readonly long[] _ids;
    private readonly long[] _labels;
    private readonly bool[]? _mask;
    private readonly float[]? _rowLabels;
    private readonly int _rows;
    private readonly int _columns;

    private PaddedRows(IReadOnlyList<TokenizedExample> examples, int padId)
    {
        _rows = examples.Count;
        _columns = examples.Max(example => example.Ids.Length);
        _ids = new long[_rows * (long)_columns];
        _labels = new long[_ids.Length];
        Array.Fill(_ids, padId);
        Array.Fill(_labels, MicroBatch.Ignored);
        if (examples.Any(example => example.Ids.Length < _columns)) _mask = new bool[_ids.Length];
        if (examples.All(example => example.RowLabel is not null)) _rowLabels = [.. examples.Select(example => example.RowLabel!.Value)];
        for (var row = 0; row < _rows; row++) Fill(examples[row], row * _columns);
    }

    public int LabelledTokens { get; private set; }

    public int Tokens { get; private set; }

    public static PaddedRows Of(IReadOnlyList<TokenizedExample> examples, int padId) => new(examples, padId);

    public MicroBatch ToMicroBatch(Device device)
    {
        long[] shape = [_rows, _columns];
        var ids = tensor(_ids, shape, dtype: ScalarType.Int64, device: device); // [rows, tokens]
        var labels = tensor(_labels, shape, dtype: ScalarType.Int64, device: device); // [rows, tokens]
        var mask = _mask is null ? null : tensor(_mask, shape, dtype: ScalarType.Bool, device: device); // [rows, tokens]
        var rowLabels = _rowLabels is null ? null : tensor(_rowLabels, device: device); // [rows]
        return new MicroBatch(ids, labels, mask, LabelledTokens) { RowLabels = rowLabels };
    }

    private void Fill(TokenizedExample example, int start)
    {
        for (var i = 0; i < example.Ids.Length; i++)
        {
            _ids[start + i] = example.Ids[i];
            if (example.IsLabel(i)) _labels[start + i] = example.Ids[i];
            if (_mask is not null) _mask[start + i] = true;
        }
        LabelledTokens += example.LabelledTokens;
        Tokens += example.Ids.Length;
    }
}
