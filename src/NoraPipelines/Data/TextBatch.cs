using static TorchSharp.torch;

namespace NoraPipelines.Data;

/// <summary>Texts that go through the model at once, right-padded to the longest of them.</summary>
/// <param name="inputIds">[rows, tokens] int64.</param>
/// <param name="labels">[rows, tokens] int64, not shifted; <see cref="Ignored"/> = no label, always so at an example's first token.</param>
/// <param name="paddingMask">[rows, tokens] bool, true = token; null where nothing is padded.</param>
/// <param name="labelledTokens">Entries of <paramref name="labels"/> that are labels.</param>
public sealed class TextBatch(Tensor inputIds, Tensor labels, Tensor? paddingMask, int labelledTokens) : IDisposable
{
    /// <summary>Stands in <see cref="Labels"/> where nothing is learnt.</summary>
    public const long Ignored = -100;

    /// <summary>[rows, tokens] int64.</summary>
    public Tensor InputIds { get; } = inputIds;

    /// <summary>[rows, tokens] int64, not shifted.</summary>
    public Tensor Labels { get; } = labels;

    /// <summary>[rows, tokens] bool, true = token; null where nothing is padded.</summary>
    public Tensor? PaddingMask { get; } = paddingMask;

    /// <summary>Labels that have a predecessor.</summary>
    public int LabelledTokens { get; } = labelledTokens;

    /// <summary>
    /// Where in the flattened [rows · tokens] the tokens are that come before a label, [labelled] int64, ascending: known when the batch is made, so that no
    /// step has to look for them. Null: not known.
    /// </summary>
    public Tensor? LabelPlaces { get; init; }

    /// <summary>For classifiers: the label of each row, [rows] float32; null where tokens are learnt.</summary>
    public Tensor? RowLabels { get; init; }

    /// <summary>
    /// Where rows are pairs of texts, which of the two a token belongs to: [rows, tokens] int64, 0 or 1, 0 in padding. Null where no row is one.
    /// </summary>
    public Tensor? TokenTypes { get; init; }

    /// <summary>
    /// Where rows hold several examples, which of them a token belongs to: [rows, tokens] int64, 1, 2, … in the order of the row, 0 = padding.
    /// Null where every row holds one.
    /// </summary>
    public Tensor? Segments { get; init; }

    /// <summary>With <see cref="Segments"/>: the place of each token in its example, [rows, tokens] int64.</summary>
    public Tensor? Positions { get; init; }

    public void Dispose()
    {
        InputIds.Dispose();
        Labels.Dispose();
        PaddingMask?.Dispose();
        LabelPlaces?.Dispose();
        RowLabels?.Dispose();
        TokenTypes?.Dispose();
        Segments?.Dispose();
        Positions?.Dispose();
    }
}
