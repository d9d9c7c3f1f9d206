using System.Collections.ObjectModel;
using System.Text.Json;

namespace NoraPipelines.Chat;

/// <summary>
/// Finds what the assistant says in a conversation that is rendered. A template may write a turn otherwise when another one follows
/// (Qwen3 drops thoughts), close the whole text with a token (Phi-3), or open the assistant's next turn unasked: so a message's words
/// are replaced by a mark, and its turn ends where the texts with another continuation no longer agree.
/// </summary>
/// <param name="text">The conversation as rendered.</param>
/// <param name="render">Writes messages out, with or without the beginning of an assistant's turn after them.</param>
/// <param name="habit">What the template does to any conversation.</param>
internal sealed class AssistantTurns(
    IReadOnlyList<ChatMessage> messages, string text, Func<IReadOnlyList<ChatMessage>, bool, string> render, Lazy<AssistantTurns.Habit> habit)
{
    /// <summary>Stands for words; of the private use area, which templates neither trim nor split.</summary>
    public const string Mark = "\uE0F1\uF8A7\uE0F2";

    private static readonly ChatMessage Next = new(ChatMessage.User, "\uE0F3\uF8A6\uE0F4");

    /// <summary>Characters [start, end) of a message's turn; null where they cannot be told.</summary>
    /// <exception cref="ChatTemplateException">The template refuses the messages.</exception>
    public (int Start, int End)? Find(int index)
    {
        ChatMessage[] before = [.. messages.Take(index)];
        var opened = Opened(index, before);
        var marked = Marked(messages[index]);
        var whole = render([.. before, marked, .. messages.Skip(index + 1)], false);
        var place = whole.IndexOf(Mark, StringComparison.Ordinal);
        if (place < 0) return messages[index].Fields.Count > 0 && opened is { } called ? Called(index, called) : null;

        var after = Behind(whole);
        var last = index == messages.Count - 1;
        ChatMessage[] upTo = [.. before, marked];
        var closed = last ? after : Behind(render(upTo, false));
        // Two turns of the assistant in a row open alike, so what follows is compared with a question as well.
        var asksNext = !last && messages[index + 1].Role == ChatMessage.User;
        var questioned = asksNext || Try(render, [.. upTo, Next], false) is not { } longer ? null : TurnText.Shared(after, Behind(longer));
        var followed = questioned ?? after;
        var own = Own(closed, followed, isOpen: false);
        if (string.IsNullOrWhiteSpace(own)) own = last ? habit.Value.OpensUnasked ? own : closed : Open(upTo, followed);
        if (closed.AsSpan(Math.Min(own.Length, closed.Length)).Trim().Length > 0) own = Completed(own, last ? closed : questioned ?? own);
        var rest = after[own.Length..];
        if (!after.StartsWith(own, StringComparison.Ordinal) || !text.EndsWith(rest, StringComparison.Ordinal)) return null;
        var start = opened is { } turn && Opens(turn.Asked, index) ? turn.Start
            : place <= text.AsSpan().CommonPrefixLength(whole) ? place - Ahead(index, before) : TurnText.Shared(text, whole).Length;
        var end = text.Length - rest.Length;
        return start < end || (start == end && opened is not null) ? (start, end) : null;
    }

    /// <summary>
    /// Where a turn opens: behind the text that asks for it. A template may write what came before otherwise when more follows (Mistral moves
    /// the system's text), so where that text is not the conversation's own, what stands behind the last message's words is.
    /// </summary>
    private Opening? Opened(int index, ChatMessage[] before)
    {
        if (index == 0) return null;
        if (Try(render, before, true) is { } asked && text.StartsWith(asked, StringComparison.Ordinal)) return new Opening(before, asked, asked.Length);
        ChatMessage[] marked = [.. before[..^1], Marked(before[^1])];
        if (Tail(marked, true) is not { } asks || Tail([.. marked, .. messages.Skip(index)], false) is not { } follows
            || !follows.StartsWith(asks, StringComparison.Ordinal) || !text.EndsWith(follows, StringComparison.Ordinal)) return null;
        return new Opening(marked, asks, text.Length - follows.Length + asks.Length);
    }

    /// <param name="Before">The messages before the turn.</param>
    /// <param name="Asked">What they and the beginning of the turn are written as, from the mark on where there is one.</param>
    private readonly record struct Opening(ChatMessage[] Before, string Asked, int Start);

    /// <summary>What stands behind the mark, or all where no message is marked; null where the template refuses or drops it.</summary>
    private string? Tail(IReadOnlyList<ChatMessage> some, bool ask) => Try(render, some, ask) is not { } rendered ? null
        : rendered.Contains(Mark, StringComparison.Ordinal) ? Behind(rendered)
        : some.Any(message => message.Content == Mark) ? null : rendered;

    /// <summary>Whether what asks to go on opens a turn: some templates open none after the assistant's own (Qwen1.5).</summary>
    private bool Opens(string asked, int index) => messages[index - 1].Role != ChatMessage.Assistant
        || TurnText.WithoutEnding(habit.Value.Asked, asked).Length < habit.Value.Asked.TrimEnd().Length;

    /// <summary>How many characters of calls or thoughts stand before a message's words (Gemma 4), be an answer asked for otherwise.</summary>
    private int Ahead(int index, ChatMessage[] before)
    {
        if (index == 0 || messages[index].Fields.Count == 0) return 0;
        var (marked, earlier) = (Marked(messages[index]), (ChatMessage[])[.. before[..^1], Marked(before[^1])]);
        var (with, without) = (Between(marked), Between(marked with { Fields = ReadOnlyDictionary<string, JsonElement>.Empty }));
        return with is null || without is null ? 0 : with.Length - TurnText.Shared(with, without).Length;

        string? Between(ChatMessage message) =>
            Try(render, [.. earlier, message, .. messages.Skip(index + 1)], false)?.Split(Mark) is [_, var between, _] ? between : null;
    }

    /// <summary>A turn that the template writes otherwise where the conversation ends (Apriel's calls) goes on to the end that turns have.</summary>
    private string Completed(string own, string followed)
    {
        var closing = habit.Value.Closing.Trim();
        var end = closing.Length == 0 || own.Contains(closing, StringComparison.Ordinal) ? -1 : followed.LastIndexOf(closing, StringComparison.Ordinal);
        return end < 0 ? own : followed[..(end + closing.Length)];
    }

    /// <param name="OpensUnasked">The end of a conversation is the same, be it asked to go on or not.</param>
    /// <param name="Head">What stands before the assistant's words in a conversation of two.</param>
    /// <param name="Closing">What stands between an answer and the next question, without what opens the first question.</param>
    /// <param name="Asked">A question with the beginning of the answer's turn.</param>
    internal sealed record Habit(bool OpensUnasked, string Head, string Closing, string Asked);

    public static Habit HabitOf(Func<IReadOnlyList<ChatMessage>, bool, string> render)
    {
        ChatMessage[] pair = [Next, new(ChatMessage.Assistant, Mark)];
        var asked = Try(render, [Next], true) ?? "";
        var (text, longer) = (Try(render, pair, false), Try(render, [.. pair, Next], false));
        if (text is null || longer is null || !text.Contains(Mark, StringComparison.Ordinal)) return new Habit(false, "", "", asked);
        var (first, second) = (longer.IndexOf(Next.Content, StringComparison.Ordinal), longer.LastIndexOf(Next.Content, StringComparison.Ordinal));
        var answer = longer.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
        var closing = first >= 0 && second >= answer ? TurnText.WithoutEnding(longer[answer..second], longer[..first]) : "";
        return new Habit(text == Try(render, pair, true), text[..text.IndexOf(Mark, StringComparison.Ordinal)], closing, asked);
    }

    /// <summary>A message with the mark for its words; its other fields stay.</summary>
    public static ChatMessage Marked(ChatMessage message) => message with
    {
        Content = Mark,
        Fields = message.Fields.ContainsKey("content")
            ? message.Fields.Where(field => field.Key != "content").ToDictionary() : message.Fields,
    };

    /// <summary>A turn in which the template writes other fields instead of the content, such as calls of tools.</summary>
    private (int Start, int End)? Called(int index, Opening opening)
    {
        var (before, asked, start) = opening;
        if (Tail([.. before, messages[index]], false) is not { } closed || !closed.StartsWith(asked, StringComparison.Ordinal)) return null;
        var followed = index < messages.Count - 1 ? text[(start - asked.Length)..] : Tail([.. before, messages[index], Next], false) ?? closed;
        if (!followed.StartsWith(asked, StringComparison.Ordinal)) return null;
        return (start, start + Own(closed[asked.Length..], followed[asked.Length..], isOpen: false).Length);
    }

    /// <summary>
    /// Of a turn in the middle what all of its continuations begin with, where the end of a conversation is another one (gpt-oss) or none
    /// (Qwen1.5).
    /// </summary>
    private string Open(ChatMessage[] upTo, string followed) =>
        Try(render, upTo, true) is { } asked ? Own(Behind(asked), followed, isOpen: true) : "";

    /// <summary>What a turn ends with, whatever follows.</summary>
    /// <param name="closed">What follows a turn's words where the conversation ends.</param>
    /// <param name="followed">The same where it goes on.</param>
    /// <param name="isOpen">Whether the end is one that was asked to go on.</param>
    private string Own(string closed, string followed, bool isOpen)
    {
        var own = TurnText.Shared(closed, followed);
        if (!isOpen && !habit.Value.OpensUnasked) return own;
        // Both go on with the opening of a turn: with what the conversation itself opens with, or what opens a question, or an answer.
        var end = TurnText.WithoutOpening(own, text);
        if (end.Length == own.Length)
        {
            var (_, head, closing, _) = habit.Value;
            var shorter = string.IsNullOrWhiteSpace(closing) ? TurnText.WithoutEnding(closed, head) : closing;
            if (own.StartsWith(shorter, StringComparison.Ordinal)) end = shorter;
        }
        return string.IsNullOrWhiteSpace(end) && !isOpen ? own : end;
    }

    private static string? Try(Func<IReadOnlyList<ChatMessage>, bool, string> render, IReadOnlyList<ChatMessage> some, bool ask)
    {
        try
        {
            return render(some, ask);
        }
        catch (ChatTemplateException)
        {
            return null;
        }
    }

    private static string Behind(string rendered)
    {
        var place = rendered.LastIndexOf(Mark, StringComparison.Ordinal);
        return place < 0 ? "" : rendered[(place + Mark.Length)..];
    }
}
