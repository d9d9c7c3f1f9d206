using NoraPipelines.Plans;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Data;

/// <summary>
/// Turns rows into tokens and labels. Prompt and response are encoded as one text, as MetaMath's train_math.py does, so a
/// token may reach over the boundary; the labels begin at the first token that ends beyond the prompt. The begin token is the
/// tokenizer's own affair; the end token is appended exactly once and is learnt.
/// An example longer than the limit is cut at its end and then has no end token: a text that goes on must not teach the model to stop.
/// </summary>
public sealed class ExampleEncoder
{
    private readonly TextTokenizer _tokenizer;
    private readonly Template _template;
    private readonly int _maxTokens;
    private readonly LossOn _lossOn;
    private readonly int _endId;

    /// <param name="maxTokens">Longest example, begin and end token included; at least 2.</param>
    /// <param name="lossOn">Response: labels on what follows the prompt. Plain text, whose prompt is "", has labels everywhere.</param>
    /// <exception cref="DataException">The tokenizer names no end token, or the limit leaves nothing to learn.</exception>
    public ExampleEncoder(TextTokenizer tokenizer, Template template, int maxTokens, LossOn lossOn)
    {
        if (maxTokens < 2)
        {
            throw new DataException($"An example may have {maxTokens} tokens (`max_tokens`); expected at least 2: one to learn, and " +
                "one before it.");
        }
        _endId = tokenizer.EndId ?? throw new DataException($"The tokenizer in {tokenizer.SourceFolder} names no end token, so a model " +
            "could not learn where a response ends; name it in tokenizer_config.json (`eos_token`) or config.json (`eos_token_id`).");
        (_tokenizer, _template, _maxTokens, _lossOn) = (tokenizer, template, maxTokens, lossOn);
    }

    /// <summary>One row; it has no labelled token where the limit cuts all of them off.</summary>
    /// <exception cref="DataException">The template does not fit the row.</exception>
    public TokenizedExample Encode(Example example) => EncodeRow(example).Example;

    /// <summary>A data set without the rows that have nothing to learn, in order. Encodes on all processors.</summary>
    /// <exception cref="DataException">The template does not fit a row, or no row is left.</exception>
    public EncodedExamples EncodeAll(IEnumerable<Example> examples) => EncodedExamples.Of(examples, _maxTokens, EncodeRow);

    private EncodedRow EncodeRow(Example example)
    {
        var prompt = _template.TrainingPrompt(example);
        var text = prompt + example.Response;
        var spans = _tokenizer.EncodeWithSpans(text);
        var length = EncodedPrompt.WithoutAddedEnd(spans, _endId, text.Length);
        var ended = length > 0 && spans[length - 1].Id == _endId;
        var whole = length + (ended ? 0 : 1);
        var ids = new int[Math.Min(_maxTokens, whole)];
        for (var i = 0; i < ids.Length; i++) ids[i] = i < length ? spans[i].Id : _endId;
        if (_lossOn == LossOn.All || prompt.Length == 0) return Row(new TokenizedExample(ids, 0));
        var labelStart = 0;
        while (labelStart < length && spans[labelStart].End <= prompt.Length) labelStart++;
        return Row(new TokenizedExample(ids, Math.Min(labelStart, ids.Length)));

        EncodedRow Row(TokenizedExample encoded) => new(encoded, whole) { Unread = example.Unread, Number = example.Number };
    }
}
