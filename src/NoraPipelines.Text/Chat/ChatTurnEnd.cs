using NoraPipelines.Tokenization;

namespace NoraPipelines.Chat;

/// <summary>
/// The token that ends what the assistant says. A base model's files name another one as a text's end, but a conversation is learnt with
/// its template's marker, and an answer ends there.
/// </summary>
internal static class ChatTurnEnd
{
    private const string Question = "a", Answer = "b";

    /// <summary>The tokenizer's end tokens, and the template's marker.</summary>
    public static IReadOnlyList<int> Ids(ChatTemplate template, TextTokenizer tokenizer) =>
        Marker(template, tokenizer) is { } marker && !tokenizer.EndIds.Contains(marker) ? [.. tokenizer.EndIds, marker] : tokenizer.EndIds;

    /// <summary>
    /// What ends a conversation's last turn, or else one in the middle: some templates leave the last one open (Qwen1.5). Null where a turn
    /// ends with no special token, or the template refuses a plain question and its answer.
    /// </summary>
    public static int? Marker(ChatTemplate template, TextTokenizer tokenizer)
    {
        ChatMessage question = new(ChatMessage.User, Question), answer = new(ChatMessage.Assistant, Answer);
        return Marker(template, tokenizer, question, answer) ?? Marker(template, tokenizer, question, answer, question);
    }

    private static int? Marker(ChatTemplate template, TextTokenizer tokenizer, params ChatMessage[] talk)
    {
        try
        {
            var rendered = template.RenderForTraining(talk);
            if (rendered.AssistantSpans.Count == 0) return null;
            var (start, end) = rendered.AssistantSpans[^1];
            while (end > start && char.IsWhiteSpace(rendered.Text[end - 1])) end--;
            var last = tokenizer.EncodeWithSpans(rendered.Text, addSpecialTokens: false)
                .Where(token => token.Start < end && token.End > token.Start).Select(token => (TokenSpan?)token).LastOrDefault();
            var isMarker = last is { } token && token.Start >= start && tokenizer.IsMark(token.Id)
                && rendered.Text[token.Start..token.End] != Answer;
            return isMarker ? last!.Value.Id : null;
        }
        catch (TextException)
        {
            return null;
        }
    }
}
