using NoraPipelines.Data;
using NoraPipelines.Models;
using NoraPipelines.Models.Clip;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>
/// Calibration of both towers: pictures for the one, each with all of its positions, and prompts for the other, up to and including the end
/// token. A tower that has no projection to observe does not run.
/// </summary>
/// <param name="pixels">Normalised pictures, [pictures, 3, size, size]; the caller's.</param>
/// <param name="prompts">Ids of the prompts of all classes, the end token last; nothing is padded.</param>
public sealed class ClipCalibration(ClipModel model, Tensor pixels, IReadOnlyList<IReadOnlyList<int>> prompts) : ICalibrationData
{
    /// <param name="samples">How many pictures to take, at most; prompts are taken all.</param>
    /// <inheritdoc/>
    public CalibrationPasses Passes(int samples, int batch, int heldOutRows, int seed)
    {
        int[] pictures = [.. Enumerable.Range(0, (int)Math.Min(samples, pixels.shape[0]))];
        IReadOnlyList<int>[] texts = [.. prompts];
        var (seenPictures, heldPictures) = Split(pictures, batch, heldOutRows);
        var (seenTexts, heldTexts) = Split(texts, batch, heldOutRows);
        var chosenPictures = CalibrationRows.Choose(heldPictures.Length * model.Shape.Vision.Positions, heldOutRows, seed);
        var chosenTexts = CalibrationRows.Choose(heldTexts.Sum(text => text.Count), heldOutRows, seed);
        return new CalibrationPasses(
            [.. OfPictures(seenPictures, batch, null), .. OfTexts(seenTexts, batch, null)],
            [.. OfPictures(heldPictures, batch, chosenPictures), .. OfTexts(heldTexts, batch, chosenTexts)],
            pictures.Length + texts.Length);
    }

    private static (T[] Measured, T[] HeldOut) Split<T>(T[] all, int batch, int heldOutRows)
    {
        var measured = all.Length - CalibrationPasses.HeldOutOf(all.Length, batch, heldOutRows);
        return (all[..measured], all[measured..]);
    }

    private IEnumerable<ICalibrationPass> OfPictures(int[] some, int batch, HashSet<int>? chosen) =>
        CalibrationRows.InBatches(some, batch, _ => model.Shape.Vision.Positions, chosen).Select(rows => new Pass(model.Vision, rows.Examples.Length, rows.Places,
            () => model.Vision.Hidden(model.Vision.Embed(pixels.narrow(0, rows.Examples[0], rows.Examples.Length).to(model.Device)))));

    private IEnumerable<ICalibrationPass> OfTexts(IReadOnlyList<int>[] some, int batch, HashSet<int>? chosen) =>
        CalibrationRows.InBatches(some, batch, text => text.Count, chosen).Select(rows => new Pass(model.Text, rows.Examples.Length, rows.Places, () =>
        {
            using var texts = PromptBatch.Of(rows.Examples, model.Device);
            model.Text.Hidden(model.Text.Embed(texts.Ids));
        }));

    private sealed class Pass(ClipTower tower, int examples, long[]? places, Action run) : ICalibrationPass
    {
        private Tensor? _rows;

        public int Examples => examples;

        public Tensor? RowsOf(LinearProjection projection) => _rows;

        public void Run()
        {
            var observed = tower.Layers.SelectMany(layer => layer.Projections).FirstOrDefault(projection => projection.Observer is not null);
            if (observed is null || places is { Length: 0 }) return;
            _rows = places is null ? null : tensor(places, int64).to(observed.Device);
            run();
        }
    }
}
