using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Generation;

/// <summary>
/// Texts that are being continued, their past in the cache. Padded on the left, so that all end in the same column. Rows may leave,
/// change places and be copied between two tokens.
/// </summary>
// Legend: rows = rows of the batch; width = the longest prompt.
internal sealed class GeneratingRows : IDisposable
{
    private readonly ICausalModel _model;
    private readonly KeyValueCache _cache;
    private Tensor _next; // [rows, width], then [rows, 1]: the tokens that the model has not seen yet
    private Tensor? _mask; // [rows, capacity] bool; null without padding
    private Tensor? _positions; // [rows, width], then [rows, 1]; null without padding

    public GeneratingRows(ICausalModel model, IReadOnlyList<int[]> prompts, int maxNewTokens, int padId)
    {
        _model = model;
        var width = prompts.Max(prompt => prompt.Length);
        var capacity = width + maxNewTokens - 1; // the last token is never fed
        _cache = model.NewCache(prompts.Count, capacity);

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

    public Device Device => _model.Device;

    /// <summary>Runs the model over what it has not seen; the logits of each row's next token, [rows, vocabulary].</summary>
    public Tensor NextLogits()
    {
        using var scope = NewDisposeScope();
        var seen = _cache.Length + _next.shape[1];
        var hidden = _model.Hidden(_next, _mask?.narrow(1, 0, seen), _cache, _positions); // [rows, new tokens, hidden]
        return _model.Logits(hidden.select(1, hidden.shape[1] - 1)).MoveToOuterDisposeScope();
    }

    /// <summary>Appends a token to each row.</summary>
    /// <param name="tokens">[rows from now on] int64.</param>
    /// <param name="parents">Which of the rows up to now each row from now on continues, [rows from now on] int64; null: all in place.</param>
    public void Advance(Tensor tokens, Tensor? parents = null)
    {
        Replace(ref _next, tokens.unsqueeze(1));
        if (_positions is not null) Replace(ref _positions, _positions.narrow(1, _positions.shape[1] - 1, 1) + 1);
        if (parents is null) return;
        _cache.KeepRows(parents);
        if (_mask is not null) Replace(ref _mask, _mask.index_select(0, parents));
        if (_positions is not null) Replace(ref _positions, _positions.index_select(0, parents));
    }

    public void Dispose()
    {
        _cache.Dispose();
        _next.Dispose();
        _mask?.Dispose();
        _positions?.Dispose();
    }

    private static Tensor Keep(Tensor value) => value.DetachFromDisposeScope();

    private static void Replace(ref Tensor held, Tensor value)
    {
        held.Dispose();
        held = Keep(value);
    }
}
