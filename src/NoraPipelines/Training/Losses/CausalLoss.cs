using NoraPipelines.Data;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Training;

/// <summary>The training loss of a causal model.</summary>
// Legend: rows, tokens = the batch, labelled = positions that carry a label and have a predecessor.
public static class CausalLoss
{
    /// <summary>
    /// −Σ log p(label) over labelled tokens, a float32 scalar; the hidden state of position t − 1 predicts the label at t. Logits are
    /// made only where labels count, a piece at a time. A batch is padded on the right if at all, where no token looks: no mask is needed but by a model
    /// that <see cref="ICausalModel.SeesLength"/>.
    /// Examples that share a row see only themselves, and none predicts the next one's first token.
    /// </summary>
    public static Tensor Sum(ICausalModel model, TextBatch batch) =>
        Sum(model, batch.InputIds, batch.Labels, null, batch.Positions, batch.Segments, model.SeesLength && batch.Segments is null ? batch.PaddingMask : null,
            batch.LabelPlaces);

    /// <param name="ids">[rows, tokens] int64.</param>
    /// <param name="labels">[rows, tokens] int64, <see cref="TextBatch.Ignored"/> = none; not shifted.</param>
    /// <param name="rowsAtOnce">Rows of logits that are there at a time; null: as many as suit the device.</param>
    /// <param name="positions">[rows, tokens] int64, or null.</param>
    /// <param name="segments">[rows, tokens] int64, or null.</param>
    /// <param name="paddingMask">[rows, tokens] bool, or null.</param>
    /// <param name="places">As <see cref="TextBatch.LabelPlaces"/>; null: they are looked for, for which the computer waits.</param>
    internal static Tensor Sum(ICausalModel model, Tensor ids, Tensor labels, long? rowsAtOnce = null,
        Tensor? positions = null, Tensor? segments = null, Tensor? paddingMask = null, Tensor? places = null)
    {
        using var scope = NewDisposeScope();
        var states = model.Hidden(ids, paddingMask, positions: positions, segments: segments).flatten(0, 1); // [rows · tokens, hidden]
        var none = full([labels.shape[0], 1], TextBatch.Ignored, ScalarType.Int64, labels.device);
        var targets = cat([labels.narrow(1, 1, labels.shape[1] - 1), none], 1).flatten(); // [rows · tokens], of the next token
        var labelled = places ?? targets.ne(TextBatch.Ignored).nonzero().squeeze(-1); // [labelled]
        return FusedLinearCrossEntropy
            .Sum(states.index_select(0, labelled), model.Head, targets.index_select(0, labelled), rowsAtOnce)
            .MoveToOuterDisposeScope();
    }
}
