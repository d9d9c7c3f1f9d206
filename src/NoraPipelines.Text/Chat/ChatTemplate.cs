using NoraPipelines.Chat.Jinja;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Chat;

/// <summary>
/// How a model's conversations are written out: the Jinja template that is published with it, rendered as transformers'
/// apply_chat_template does. The text has all of its special tokens; encode it with <c>addSpecialTokens: false</c>.
/// Immutable: threads may share one.
/// </summary>
public sealed class ChatTemplate
{
    private readonly IReadOnlyList<JinjaStatement> _template;
    private readonly string _where;
    private readonly IReadOnlyDictionary<string, string?> _tokens;

    private const string Unnamed = "no file of the model's folder names: name it in tokenizer_config.json, or take it out of the template";

    private static readonly string[] SpecialTokens = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    private readonly TimeProvider _clock;

    private ChatTemplate(
        IReadOnlyList<JinjaStatement> template, string where, IReadOnlyDictionary<string, string?> tokens, TimeProvider clock) =>
        (_template, _where, _tokens, _clock) = (template, where, tokens, clock);

    /// <summary>The template in a tokenizer's folder, which may write the tokenizer's special tokens.</summary>
    /// <exception cref="ChatTemplateException">There is none, or it cannot be read.</exception>
    public static ChatTemplate Load(TextTokenizer tokenizer) => Load(tokenizer.SourceFolder, tokenizer.SpecialTokens);

    /// <summary>The template of a model's folder.</summary>
    /// <param name="tokens">As <see cref="Of"/> takes them; null: there is no such token, and the template writes nothing.</param>
    /// <exception cref="ChatTemplateException">There is none, or it cannot be read.</exception>
    internal static ChatTemplate Load(string folder, IReadOnlyDictionary<string, string?> tokens) =>
        ChatTemplateFile.Find(folder) is { } found ? Parsed(found.Source, found.File, tokens, TimeProvider.System) : throw new ChatTemplateException(
            $"{folder}: has no chat template (chat_template.jinja, or `chat_template` in tokenizer_config.json). "
            + "Use a model that was trained on conversations, put its template there, or choose another template of the data.");

    /// <summary>A template from its text.</summary>
    /// <param name="where">What messages call it.</param>
    /// <param name="tokens">bos_token, eos_token and other names that the template may write.</param>
    /// <param name="clock">What `strftime_now` reads; null: the machine's.</param>
    /// <exception cref="ChatTemplateException">It is not of the language, or of a part that is not supported.</exception>
    public static ChatTemplate Of(string source, string where, IReadOnlyDictionary<string, string> tokens, TimeProvider? clock = null) =>
        Parsed(source, where, tokens.ToDictionary(token => token.Key, token => (string?)token.Value), clock ?? TimeProvider.System);

    private static ChatTemplate Parsed(string source, string where, IReadOnlyDictionary<string, string?> tokens, TimeProvider clock)
    {
        try
        {
            return new ChatTemplate(JinjaParser.Parse(source), where, tokens, clock);
        }
        catch (JinjaException problem)
        {
            throw new ChatTemplateException($"{where}: the chat template cannot be read: {problem.Message}", problem);
        }
    }

    /// <summary>The conversation as text.</summary>
    /// <param name="addGenerationPrompt">Whether the beginning of an assistant's turn follows, for the model to go on.</param>
    /// <exception cref="ChatTemplateException">The template refuses the messages, does not end, or uses what is not supported.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt) => Run(messages, addGenerationPrompt).Text;

    /// <summary>
    /// The conversation with the stretches that the assistant says: those of the template's `generation` blocks, or else what each
    /// assistant's message adds to the text that asks for it.
    /// </summary>
    /// <exception cref="ChatTemplateException">As <see cref="Render"/>; or the template changes earlier text by later messages.</exception>
    public RenderedChat RenderForTraining(IReadOnlyList<ChatMessage> messages)
    {
        var (text, generated) = Run(messages, false);
        return new RenderedChat(text, generated.Count > 0 ? generated : AddedSpans(messages, text));
    }

    private List<(int Start, int End)> AddedSpans(IReadOnlyList<ChatMessage> messages, string text)
    {
        var spans = new List<(int, int)>();
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].Role != ChatMessage.Assistant) continue;
            if (i == 0) throw Problem("message 1 is the assistant's; the first one must be the user's or the system's.");
            var before = Run([.. messages.Take(i)], true).Text;
            var after = i + 1 == messages.Count ? text : Run([.. messages.Take(i + 1)], false).Text;
            if (!after.StartsWith(before, StringComparison.Ordinal)) before = Shared(before, after, messages[i], i);
            if (!text.StartsWith(after, StringComparison.Ordinal)) after = text[..SharedLength(text, after)];
            if (after.Length < before.Length || !after[before.Length..].Contains(messages[i].Content.Trim(), StringComparison.Ordinal)) throw Changed(i);
            spans.Add((before.Length, after.Length));
        }
        return spans;
    }

    /// <summary>The generation prompt may hold what no message has, such as an empty thought: then a turn begins with its own words.</summary>
    private string Shared(string before, string after, ChatMessage message, int index)
    {
        var shared = SharedLength(before, after);
        var content = message.Content.Trim();
        var start = content.Length == 0 ? -1 : after.IndexOf(content, shared, StringComparison.Ordinal);
        return start >= 0 ? after[..start] : throw Changed(index);
    }

    private static int SharedLength(string left, string right) => left.AsSpan().CommonPrefixLength(right);

    private ChatTemplateException Changed(int index) => Problem($"what the assistant says in message {index + 1} cannot be told from the rest: "
        + "the template writes it otherwise when another message follows. Put {% generation %} … {% endgeneration %} around it in the "
        + "template, or use loss_on: all.");

    private (string Text, IReadOnlyList<(int Start, int End)> Generated) Run(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt)
    {
        var names = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["messages"] = messages.Select(message => (object?)new OrderedDictionary<string, object?>(StringComparer.Ordinal)
            {
                ["role"] = message.Role,
                ["content"] = message.Content,
            }).ToList(),
            ["add_generation_prompt"] = addGenerationPrompt,
            ["tools"] = null,
            ["documents"] = null,
            ["strftime_now"] = (JinjaFunction)(call => JinjaClock.Format(_clock.GetLocalNow(), call.Text(0, "format"))),
        };
        foreach (var name in SpecialTokens) names[name] = new JinjaUndefined(name, Unnamed);
        foreach (var (name, token) in _tokens) names[name] = token ?? (object)new JinjaUndefined(name);
        try
        {
            return JinjaRenderer.Render(_template, names);
        }
        catch (JinjaException problem)
        {
            throw Problem(problem.Message);
        }
    }

    private ChatTemplateException Problem(string problem) => new($"{_where}: chat template, {problem}");
}
