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
        var asked = index == 0 ? null : Try(render, before, true);
        var marked = Marked(messages[index]);
        var whole = render([.. before, marked, .. messages.Skip(index + 1)], false);
        var place = whole.IndexOf(Mark, StringComparison.Ordinal);
        if (place < 0) return messages[index].Fields.Count > 0 && asked is not null ? Called(index, before, asked) : null;

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
        var start = asked is not null && text.StartsWith(asked, StringComparison.Ordinal) && Opens(asked, index) ? asked.Length
            : place <= text.AsSpan().CommonPrefixLength(whole) ? place : TurnText.Shared(text, whole).Length;
        return Checked(start, text.Length - rest.Length);
    }

    /// <summary>Whether what asks to go on opens a turn: some templates open none after the assistant's own (Qwen1.5).</summary>
    private bool Opens(string asked, int index) => messages[index - 1].Role != ChatMessage.Assistant
        || TurnText.WithoutEnding(habit.Value.Asked, asked).Length < habit.Value.Asked.TrimEnd().Length;

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
    private (int Start, int End)? Called(int index, ChatMessage[] before, string asked)
    {
        var closed = render([.. before, messages[index]], false);
        var followed = index < messages.Count - 1 ? text : Try(render, [.. before, messages[index], Next], false) ?? closed;
        if (!text.StartsWith(asked, StringComparison.Ordinal) || !closed.StartsWith(asked, StringComparison.Ordinal)
            || !followed.StartsWith(asked, StringComparison.Ordinal)) return null;
        var own = Own(closed[asked.Length..], followed[asked.Length..], isOpen: false);
        return Checked(asked.Length, asked.Length + own.Length);
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

    private static (int Start, int End)? Checked(int start, int end) => start <= end ? (start, end) : null;

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
