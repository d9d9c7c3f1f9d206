using static TorchSharp.torch;

namespace NoraPipelines.Data;

/// <summary>Makes batches by hand; training takes them from a <see cref="TextCollator"/>.</summary>
public static class TextBatches
{
    extension(TextBatch)
    {
        /// <summary>The tensors of some examples, a row each; the caller's scope owns them.</summary>
        /// <param name="padId">Fills rows on the right.</param>
        /// <param name="device">Null: the CPU.</param>
        public static TextBatch Of(IReadOnlyList<TokenizedExample> rows, int padId, Device? device = null) =>
            PaddedRows.Of(rows, padId).ToDevice(device ?? CPU);
    }
}
