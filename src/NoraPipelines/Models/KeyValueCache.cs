using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>Keys and values of the tokens that a model has seen, so that a new token asks them without computing them again.</summary>
// One pair of tensors a layer, [rows, keyHeads, capacity, headSize], allocated once and filled from the left.
public sealed class KeyValueCache : IDisposable
{
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;
    private Tensor? _ids; // [rows, capacity] int64; for models that may have to see a text again

    /// <param name="keyHeads">Heads of the keys, which may be fewer than those of the queries.</param>
    public KeyValueCache(int layers, int keyHeads, int headSize, int rows, int capacity, ScalarType dtype, Device device)
    {
        Capacity = capacity;
        _keys = Allocate();
        _values = Allocate();

        Tensor[] Allocate() => Enumerable.Range(0, layers)
            .Select(_ => empty([rows, keyHeads, capacity, headSize], dtype, device).DetachFromDisposeScope())
            .ToArray();
    }

    /// <summary>Tokens that fit.</summary>
    public int Capacity { get; }

    /// <summary>Tokens that every layer has seen.</summary>
    public int Length { get; private set; }

    public int Rows => (int)_keys[0].shape[0];

    /// <summary>Writes new keys and values [rows, keyHeads, tokens, headSize]; returns all up to and with them.</summary>
    internal (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values)
    {
        var tokens = keys.shape[2];
        _keys[layer].narrow(2, Length, tokens).copy_(keys);
        _values[layer].narrow(2, Length, tokens).copy_(values);
        return (_keys[layer].narrow(2, 0, Length + tokens), _values[layer].narrow(2, 0, Length + tokens));
    }

    /// <summary>Called once a forward pass, after the last layer.</summary>
    internal void Advance(int tokens) => Length += tokens;

    /// <summary>Keeps the ids of new tokens [rows, tokens] int64; returns a copy of all up to and with them.</summary>
    internal Tensor Remember(Tensor ids)
    {
        _ids ??= zeros([Rows, Capacity], ScalarType.Int64, ids.device).DetachFromDisposeScope();
        _ids.narrow(1, Length, ids.shape[1]).copy_(ids);
        return _ids.narrow(1, 0, Length + ids.shape[1]).clone();
    }

    /// <summary>Forgets what the layers have seen: all of it will be given again.</summary>
    internal void Restart() => Length = 0;

    /// <summary>Keeps the given rows, [kept] int64.</summary>
    internal void KeepRows(Tensor rows)
    {
        for (var layer = 0; layer < _keys.Length; layer++)
        {
            Replace(ref _keys[layer]);
            Replace(ref _values[layer]);
        }
        if (_ids is not null) Replace(ref _ids);

        void Replace(ref Tensor held)
        {
            var kept = held.index_select(0, rows).DetachFromDisposeScope();
            held.Dispose();
            held = kept;
        }
    }

    public void Dispose()
    {
        foreach (var held in _keys.Concat(_values)) held.Dispose();
        _ids?.Dispose();
    }
}
