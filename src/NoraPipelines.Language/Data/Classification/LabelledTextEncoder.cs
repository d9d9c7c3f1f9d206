using NoraPipelines.Tokenization;

namespace NoraPipelines.Data;

/// <summary>
/// Turns labelled texts into tokens: `&lt;s> a &lt;/s>`, or `&lt;s> a &lt;/s>&lt;/s> b &lt;/s>` for a pair. What is too long loses the end of its
/// longer text, as transformers' longest_first.
/// </summary>
/// <param name="maxTokens">Longest row, special tokens included.</param>
public sealed class LabelledTextEncoder(TextTokenizer tokenizer, int maxTokens)
{
    /// <summary>All rows, in order. Encodes on all processors.</summary>
    /// <exception cref="DataException">The limit leaves no room for a text, or there is no row.</exception>
    public EncodedExamples EncodeAll(IReadOnlyList<LabelledText> rows) => EncodedExamples.Of(rows, maxTokens, Encode);

    private EncodedRow Encode(LabelledText row)
    {
        var (ids, secondStart, length) = tokenizer.EncodeClassified(row.First, row.Second, maxTokens);
        return new EncodedRow(TokenizedExample.Classified(ids, row.Label, secondStart), length);
    }
}
