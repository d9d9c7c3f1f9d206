using NoraPipelines.Chat;
using NoraPipelines.Plans;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Data;

/// <summary>
/// Conversations → tokens and labels. The template writes every special token itself, so the tokenizer adds none; with
/// <see cref="LossOn.Response"/> the labels are what the assistant says in each of its turns, with the marker that ends a turn and
/// without the white space after it. Where a template ends the last turn with no special token, the one of its other turns follows, or
/// else the tokenizer's end token.
/// A message of weight 0 is not learnt, whatever the loss is on.
/// </summary>
public sealed class ChatEncoder
{
    private readonly TextTokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private readonly int _maxTokens;
    private readonly LossOn _lossOn;
    private readonly int _endId;
    private readonly ChatFields _fields;

    /// <param name="maxTokens">Longest conversation in tokens; what is longer is cut at its end.</param>
    /// <exception cref="DataException">The tokenizer names no end token, or the limit leaves nothing to learn.</exception>
    public ChatEncoder(TextTokenizer tokenizer, ChatTemplate template, int maxTokens, LossOn lossOn)
    {
        if (maxTokens < 2) throw new DataException($"A conversation may have {maxTokens} tokens (`max_tokens`); expected at least 2.");
        var endId = tokenizer.EndId ?? throw new DataException($"The tokenizer in {tokenizer.SourceFolder} names no end token, so a model could not learn "
            + "where it ends; name it in tokenizer_config.json (`eos_token`) or config.json (`eos_token_id`).");
        (_tokenizer, _template, _maxTokens, _lossOn, _fields) = (tokenizer, template, maxTokens, lossOn, new ChatFields(template));
        _endId = ChatTurnEnd.Marker(template, tokenizer) ?? endId;
    }

    /// <summary>One conversation; it has no labelled token where the limit cuts all of them off.</summary>
    /// <exception cref="ChatTemplateException">The template refuses it.</exception>
    public TokenizedExample Encode(Example example) => EncodeRow(example).Example;

    /// <summary>A data set without the conversations that have nothing to learn, in order. Encodes on all processors.</summary>
    /// <exception cref="NoraException">The template refuses a conversation, or none is left.</exception>
    public EncodedExamples EncodeAll(IEnumerable<Example> examples) => EncodedExamples.Of(examples, _maxTokens, EncodeRow);

    private EncodedRow EncodeRow(Example example)
    {
        var messages = Messages(example);
        var unread = _fields.Unread(example, messages);
        ChatMessage[] turns = [.. messages.Where(message => message.Role == ChatMessage.Assistant)];
        var everything = _lossOn == LossOn.All && turns.All(turn => turn.IsLearnt);
        var rendered = everything
            ? new RenderedChat(_template.Render(messages, addGenerationPrompt: false, example.ChatVariables), [])
            : _template.RenderForTraining(messages, example.ChatVariables);
        var spans = _tokenizer.EncodeWithSpans(rendered.Text, addSpecialTokens: false);
        var ids = spans.Select(span => span.Id).ToList();
        var labelled = new bool[ids.Count + 1];
        if (_lossOn == LossOn.All) Array.Fill(labelled, true);
        foreach (var ((start, end), isLearnt) in Learnt(rendered, turns)) Label(rendered.Text, spans, start, end, labelled, isLearnt);
        if ((everything || messages[^1].Role == ChatMessage.Assistant) && !Ends(rendered, spans))
        {
            var said = rendered.AssistantSpans.Count > 0 ? rendered.AssistantSpans[^1].End : rendered.Text.Length;
            ids = [.. ids.Where((_, i) => spans[i].Start < said)]; // without the next turn's opening, where the template writes it unasked
            labelled[ids.Count] = everything || turns[^1].IsLearnt;
            ids.Add(_endId);
        }
        var kept = Math.Min(ids.Count, _maxTokens);
        var encoded = everything ? new TokenizedExample([.. ids.Take(kept)], 0) : TokenizedExample.WithLabels([.. ids.Take(kept)], labelled[..kept]);
        return new EncodedRow(encoded, ids.Count) { Unread = unread, Number = example.Number };
    }

    /// <summary>The stretches that the loss treats otherwise than the rest, and whether they are learnt.</summary>
    private static IEnumerable<((int Start, int End) Span, bool IsLearnt)> Learnt(RenderedChat rendered, ChatMessage[] turns)
    {
        var spans = rendered.AssistantSpans;
        if (turns.All(turn => turn.IsLearnt)) return spans.Select(span => (span, true));
        if (spans.Count != turns.Length)
        {
            throw new DataException($"Some messages have the weight 0, and the chat template's generation blocks wrote {spans.Count} stretches for "
                + $"{turns.Length} messages of the assistant; expected one each. Take the weights out, or put one block around each message.");
        }
        return spans.Zip(turns, (span, turn) => (span, turn.IsLearnt));
    }

    private static IReadOnlyList<ChatMessage> Messages(Example example)
    {
        if (example.Messages is { } messages) return messages;
        if (example.Prompt.Length == 0)
            throw new DataException("The template `chat` writes conversations, but this row is a text; name the messages' column, or the prompt's and the response's.");
        return [ChatFrame.Question(example), new ChatMessage(ChatMessage.Assistant, example.Response)];
    }

    /// <summary>A token is learnt that ends beyond the turn's beginning and begins before its end.</summary>
    private static void Label(string text, IReadOnlyList<TokenSpan> spans, int start, int end, bool[] labelled, bool isLearnt)
    {
        // White space after the end marker is the template's own and never generated.
        while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
        for (var i = 0; i < spans.Count; i++)
            if (spans[i].End > start && spans[i].Start < end && spans[i].End > spans[i].Start) labelled[i] = isLearnt;
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
