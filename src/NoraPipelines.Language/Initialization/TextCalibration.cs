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
        var chosen = CalibrationRows.Choose(kept.Sum(example => example.Ids.Length), heldOutRows, seed);
        return new CalibrationPasses(InBatches(taken[..measured], batch, null), InBatches(kept, batch, chosen), taken.Length);
    }

    private IEnumerable<ICalibrationPass> InBatches(TokenizedExample[] some, int batch, HashSet<int>? chosen) =>
        CalibrationRows.InBatches(some, batch, example => example.Ids.Length, chosen).Select(rows => new Pass(model, rows.Examples, padId, rows.Places));

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
