using System.Runtime.ExceptionServices;
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
    /// <exception cref="TokenizerException">The limit leaves no room for a text.</exception>
    public IReadOnlyList<TokenizedExample> EncodeAll(IReadOnlyList<LabelledText> rows)
    {
        var encoded = new TokenizedExample[rows.Count];
        try
        {
            Parallel.For(0, rows.Count, i =>
            {
                var (ids, secondStart) = tokenizer.EncodeClassified(rows[i].First, rows[i].Second, maxTokens);
                encoded[i] = TokenizedExample.Classified(ids, rows[i].Label, secondStart);
            });
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
        return encoded;
    }
}
