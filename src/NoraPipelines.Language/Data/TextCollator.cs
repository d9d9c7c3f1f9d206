using NoraPipelines.Tokenization;

namespace NoraPipelines.Data;

/// <summary>Texts become right-padded rows, one each or, packed, several.</summary>
/// <param name="padId">Fills rows on the right; never labelled, never attended to.</param>
/// <param name="rowTokens">The examples of a step are packed into rows of at most this many tokens; null: a row each.</param>
public sealed class TextCollator(int padId, int? rowTokens = null) : ICollator<TokenizedExample, TextBatch>
{
    /// <summary>Pads with the tokenizer's own padding token, or with id 0.</summary>
    public TextCollator(TextTokenizer tokenizer, int? rowTokens = null) : this(tokenizer.PadId ?? 0, rowTokens)
    {
    }

    public string ContentMark(IReadOnlyList<TokenizedExample> examples) => ExampleMark.Of(examples);

    public void Check(IReadOnlyList<TokenizedExample> examples)
    {
        for (var i = 0; i < examples.Count; i++)
        {
            if (examples[i].LabelledTokens > 0) continue;
            var (length, labels) = (examples[i].Ids.Length, examples[i].LabelStart);
            throw new DataException($"Example {i} has no token to learn: {length} tokens, labels from {labels}.");
        }
        if (rowTokens is not { } most) return;
        if (examples.Max(example => example.Ids.Length) is var longest && longest > most)
        {
            throw new DataException($"The longest example has {longest} tokens and a packed row has {most} at most. "
                + "Cut the examples (`max_tokens`), or make the rows longer.");
        }
        if (examples.Any(example => example.RowLabel is not null))
            throw new DataException("A classifier reads one text a row, so its texts cannot be packed. Leave packing out.");
    }

    public IReadOnlyList<IPreparedBatch<TextBatch>> Collate(IReadOnlyList<TokenizedExample> examples, long first, int[] step, int microBatch)
    {
        if (rowTokens is { } most) return Pack(examples, step, microBatch, most);
        // Rows of like length share a pass, so that little is padded; which rows a step has, and so its gradient, is untouched. The longest
        // come first: a step that does not fit into memory fails at once.
        if (step.Length > microBatch) step = [.. step.OrderByDescending(row => examples[row].Ids.Length)];
        return [.. step.Chunk(microBatch).Select(pass => PaddedRows.Of([.. pass.Select(row => examples[row])], padId, pass))];
    }

    // A step has the same examples as without packing, and so the same number of labels and the same gradient.
    private IReadOnlyList<IPreparedBatch<TextBatch>> Pack(IReadOnlyList<TokenizedExample> examples, int[] step, int microBatch, int most)
    {
        var rows = RowPacking.FirstFit(step, example => examples[example].Ids.Length, most);
        return
        [
            .. rows.Chunk(microBatch).Select(pass => PaddedRows.Packed(
                [.. pass.Select(row => row.Select(example => examples[example]).ToArray())], padId, [.. pass.SelectMany(row => row)])),
        ];
    }
}
