using NoraPipelines.Chat;
using NoraPipelines.Plans;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Data;

/// <summary>
/// Conversations → tokens and labels. The template writes every special token itself, so the tokenizer adds none; with
/// <see cref="LossOn.Response"/> the labels are what the assistant says in each of its turns, with the marker that ends a turn and
/// without the white space after it. A template that ends no turn with a special token gets the end token after the last one.
/// </summary>
public sealed class ChatEncoder
{
    private readonly TextTokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private readonly int _maxTokens;
    private readonly LossOn _lossOn;
    private readonly int _endId;

    /// <param name="maxTokens">Longest conversation in tokens; what is longer is cut at its end.</param>
    /// <exception cref="DataException">The tokenizer names no end token, or the limit leaves nothing to learn.</exception>
    public ChatEncoder(TextTokenizer tokenizer, ChatTemplate template, int maxTokens, LossOn lossOn)
    {
        if (maxTokens < 2) throw new DataException($"A conversation may have {maxTokens} tokens (`max_tokens`); expected at least 2.");
        _endId = tokenizer.EndId ?? throw new DataException($"The tokenizer in {tokenizer.SourceFolder} names no end token, so a model could not learn "
            + "where it ends; name it in tokenizer_config.json (`eos_token`) or config.json (`eos_token_id`).");
        (_tokenizer, _template, _maxTokens, _lossOn) = (tokenizer, template, maxTokens, lossOn);
    }

    /// <summary>One conversation; it has no labelled token where the limit cuts all of them off.</summary>
    /// <exception cref="ChatTemplateException">The template refuses it.</exception>
    public TokenizedExample Encode(Example example) => Encode(example, out _);

    /// <summary>A data set without the conversations that have nothing to learn, in order. Encodes on all processors.</summary>
    /// <exception cref="NoraException">The template refuses a conversation, or none is left.</exception>
    public EncodedExamples EncodeAll(IEnumerable<Example> examples) => EncodedExamples.Of(examples, _maxTokens, Encode);

    private TokenizedExample Encode(Example example, out bool cut)
    {
        var rendered = _lossOn == LossOn.All
            ? new RenderedChat(_template.Render(Messages(example), addGenerationPrompt: false), [])
            : _template.RenderForTraining(Messages(example));
        var spans = _tokenizer.EncodeWithSpans(rendered.Text, addSpecialTokens: false);
        var ids = spans.Select(span => span.Id).ToList();
        var labelled = new bool[ids.Count + 1];
        foreach (var (start, end) in rendered.AssistantSpans) Label(rendered.Text, spans, start, end, labelled);
        if (!Ends(rendered, spans))
        {
            labelled[ids.Count] = true;
            ids.Add(_endId);
        }
        cut = ids.Count > _maxTokens;
        var kept = Math.Min(ids.Count, _maxTokens);
        return _lossOn == LossOn.All
            ? new TokenizedExample([.. ids.Take(kept)], 0)
            : TokenizedExample.WithLabels([.. ids.Take(kept)], labelled[..kept]);
    }

    private static IReadOnlyList<ChatMessage> Messages(Example example)
    {
        if (example.Messages is { } messages) return messages;
        if (example.Prompt.Length == 0)
            throw new DataException("The template `chat` writes conversations, but this row is a text; name the messages' column, or the prompt's and the response's.");
        return [ChatFrame.Question(example), new ChatMessage(ChatMessage.Assistant, example.Response)];
    }

    /// <summary>A token is learnt that ends beyond the turn's beginning and begins before its end.</summary>
    private static void Label(string text, IReadOnlyList<TokenSpan> spans, int start, int end, bool[] labelled)
    {
        // White space after the end marker is the template's own and never generated.
        while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
        for (var i = 0; i < spans.Count; i++)
            if (spans[i].End > start && spans[i].Start < end && spans[i].End > spans[i].Start) labelled[i] = true;
    }

    /// <summary>Whether the last thing that is learnt is a marker that ends a turn, and not a word.</summary>
    private bool Ends(RenderedChat rendered, IReadOnlyList<TokenSpan> spans)
    {
        var last = rendered.AssistantSpans.Count > 0 ? rendered.AssistantSpans[^1].End : rendered.Text.Length;
        while (last > 0 && char.IsWhiteSpace(rendered.Text[last - 1])) last--;
        for (var i = spans.Count - 1; i >= 0; i--)
            if (spans[i].Start < last) return _tokenizer.IsMark(spans[i].Id);
        return false;
    }
}
