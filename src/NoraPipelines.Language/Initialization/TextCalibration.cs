using NoraPipelines.Data;
using NoraPipelines.Models;
using NoraPipelines.Tokenization;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>Calibration on texts: every projection sees all of their tokens, padding left out.</summary>
public sealed class TextCalibration(ITokenModel model, IReadOnlyList<TokenizedExample> examples, int padId) : ICalibrationData
{
    /// <summary>Pads with the tokenizer's own padding token, or with id 0.</summary>
    public TextCalibration(ITokenModel model, TextTokenizer tokenizer, IReadOnlyList<TokenizedExample> examples)
        : this(model, examples, tokenizer.PadId ?? 0)
    {
    }

    public CalibrationPasses Passes(int samples, int batch, int heldOutRows, int seed)
    {
        TokenizedExample[] taken = [.. examples.Take(samples)];
        var measured = taken.Length - CalibrationPasses.HeldOutOf(taken.Length, batch, heldOutRows);
        TokenizedExample[] kept = [.. taken.Skip(measured)];
        var chosen = Choose(kept.Sum(example => example.Ids.Length), heldOutRows, seed);
        return new CalibrationPasses(InBatches(taken[..measured], batch, null), InBatches(kept, batch, chosen), taken.Length);
    }

    /// <summary>Up to <paramref name="count"/> of the tokens 0 … total − 1.</summary>
    private static HashSet<int> Choose(int total, int count, int seed)
    {
        var all = Enumerable.Range(0, total).ToArray();
        new Random(unchecked((int)Seeds.Mix(seed, "held-out tokens"))).Shuffle(all);
        return [.. all.Take(count)];
    }

    /// <param name="chosen">Which of the examples' tokens count, numbered over all of them; null: every one.</param>
    private IEnumerable<ICalibrationPass> InBatches(TokenizedExample[] some, int batch, HashSet<int>? chosen)
    {
        var before = 0;
        foreach (var rows in some.Chunk(batch))
        {
            yield return new Pass(model, rows, padId, Indices(rows, before, chosen));
            before += rows.Sum(row => row.Ids.Length);
        }
    }

    /// <summary>Places in the flattened [rows · tokens] of the tokens that count; null: all, nothing is padded.</summary>
    private static long[]? Indices(TokenizedExample[] rows, int before, HashSet<int>? chosen)
    {
        var width = rows.Max(row => row.Ids.Length);
        if (chosen is null && Array.TrueForAll(rows, row => row.Ids.Length == width)) return null;
        var indices = new List<long>();
        var token = before;
        for (var row = 0; row < rows.Length; row++)
        {
            for (var position = 0; position < rows[row].Ids.Length; position++, token++)
                if (chosen is null || chosen.Contains(token)) indices.Add((long)row * width + position);
        }
        return [.. indices];
    }

    private sealed class Pass(ITokenModel model, TokenizedExample[] rows, int padId, long[]? indices) : ICalibrationPass
    {
        private Tensor? _rows;

        public int Examples => rows.Length;

        public Tensor? RowsOf(LinearProjection projection) => _rows;

        public void Run()
        {
            if (indices is { Length: 0 }) return;
            _rows = indices is null ? null : tensor(indices, int64).to(model.Device);
            using var batch = TextBatch.Of(rows, padId, model.Device);
            model.Hidden(batch);
        }
    }
}
