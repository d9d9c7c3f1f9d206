using NoraPipelines.Models.Llama;
using static TorchSharp.torch;

namespace NoraPipelines.Generation;

/// <summary>
/// The prompts that are still being continued, their past in the cache. Padded on the left, so that all end in the same column; rows
/// that are finished leave when enough of them have gathered to be worth copying the cache of the others.
/// </summary>
// Legend: rows = rows of the batch, finished ones that have not left yet included; width = the longest prompt.
internal sealed class GeneratingRows : IDisposable
{
    private readonly LlamaModel _model;
    private readonly KeyValueCache _cache;
    private readonly List<int> _streams;
    private readonly HashSet<int> _finished = [];
    private Tensor _next; // [rows, width], then [rows, 1]: the tokens that the model has not seen yet
    private Tensor? _mask; // [rows, capacity] bool; null without padding
    private Tensor? _positions; // [rows, width], then [rows, 1]; null without padding

    public GeneratingRows(LlamaModel model, IReadOnlyList<int[]> prompts, int maxNewTokens, int padId)
    {
        _model = model;
        _streams = [.. Enumerable.Range(0, prompts.Count)];
        var width = prompts.Max(prompt => prompt.Length);
        var capacity = width + maxNewTokens - 1; // the last token is never fed
        _cache = new KeyValueCache(model.Shape, prompts.Count, capacity, model.Dtype, model.Device);

        var ids = new long[prompts.Count, width];
        var mask = new bool[prompts.Count, capacity];
        var positions = new long[prompts.Count, width];
        for (var row = 0; row < prompts.Count; row++)
        {
            var padding = width - prompts[row].Length;
            for (var column = 0; column < capacity; column++) mask[row, column] = column >= padding;
            for (var column = 0; column < width; column++)
            {
                ids[row, column] = column < padding ? padId : prompts[row][column - padding];
                positions[row, column] = Math.Max(0, column - padding);
            }
        }
        _next = Keep(tensor(ids, device: model.Device));
        if (prompts.All(prompt => prompt.Length == width)) return;
        _mask = Keep(tensor(mask, device: model.Device));
        _positions = Keep(tensor(positions, device: model.Device));
    }

    /// <summary>Rows without an end.</summary>
    public int Count => _streams.Count - _finished.Count;

    /// <summary>For each row its number in the caller's list.</summary>
    public IReadOnlyList<int> Streams => _streams;

    /// <summary>Runs the model over what it has not seen; the logits of each row's next token, [rows, vocabulary].</summary>
    public Tensor NextLogits()
    {
        using var scope = NewDisposeScope();
        var seen = _cache.Length + _next.shape[1];
        var hidden = _model.Hidden(_next, _mask?.narrow(1, 0, seen), _cache, _positions); // [rows, new tokens, hidden]
        return _model.Logits(hidden.select(1, hidden.shape[1] - 1)).MoveToOuterDisposeScope();
    }

    /// <summary>Appends the chosen tokens [rows] to the results of the rows that go on.</summary>
    public void Accept(Tensor chosen, IReadOnlyList<List<int>> results, int? endId)
    {
        var tokens = chosen.cpu().data<long>().ToArray();
        for (var row = 0; row < tokens.Length; row++)
        {
            if (_finished.Contains(row)) continue;
            if (tokens[row] == endId) _finished.Add(row);
            else results[_streams[row]].Add((int)tokens[row]);
        }
        Replace(ref _next, chosen.unsqueeze(1));
        if (_positions is not null) Replace(ref _positions, _positions.narrow(1, _positions.shape[1] - 1, 1) + 1);
        if (_finished.Count * 4 >= _streams.Count && Count > 0) DropFinished();
    }

    public void Dispose()
    {
        _cache.Dispose();
        _next.Dispose();
        _mask?.Dispose();
        _positions?.Dispose();
    }

    private void DropFinished()
    {
        var rows = Enumerable.Range(0, _streams.Count).Where(row => !_finished.Contains(row)).ToArray();
        var index = tensor(rows.Select(row => (long)row).ToArray(), device: _model.Device); // [kept]
        _cache.KeepRows(index);
        Replace(ref _next, _next.index_select(0, index));
        if (_mask is not null) Replace(ref _mask, _mask.index_select(0, index));
        if (_positions is not null) Replace(ref _positions, _positions.index_select(0, index));
        var streams = rows.Select(row => _streams[row]).ToArray();
        _streams.Clear();
        _streams.AddRange(streams);
        _finished.Clear();
    }

    private static Tensor Keep(Tensor value) => value.DetachFromDisposeScope();

    private static void Replace(ref Tensor held, Tensor value)
    {
        held.Dispose();
        held = Keep(value);
    }
}
