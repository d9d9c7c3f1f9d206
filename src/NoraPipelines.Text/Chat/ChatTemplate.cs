using System.Collections.ObjectModel;
using System.Text.Json;
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
    private const string Content = "content";

    private const string Unnamed = "no file of the model's folder names: name it in tokenizer_config.json or special_tokens_map.json "
        + "(null there: it writes nothing), or take it out of the template";

    private static readonly string[] SpecialTokens = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    private readonly IReadOnlyList<JinjaStatement> _template;
    private readonly IReadOnlySet<string> _names;
    private readonly string _where;
    private readonly IReadOnlyDictionary<string, string?> _tokens;
    private readonly TimeProvider _clock;
    private readonly Lazy<ContentParts> _parts;
    private readonly Lazy<AssistantTurns.Habit> _habit;

    private ChatTemplate(string source, string where, IReadOnlyDictionary<string, string?> tokens, TimeProvider clock)
    {
        (_template, _names, _where, _tokens, _clock) = (JinjaParser.Parse(source), JinjaParser.Names(source), where, tokens, clock);
        _parts = new Lazy<ContentParts>(LearnParts);
        _habit = new Lazy<AssistantTurns.Habit>(() => AssistantTurns.HabitOf((some, ask) => Run(some, ask, null).Text));
    }

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
            return new ChatTemplate(source, where, tokens, clock ?? TimeProvider.System);
        }
        catch (JinjaException problem)
        {
            throw new ChatTemplateException($"{where}: the chat template cannot be read: {problem.Message}", problem);
        }
    }

    /// <summary>Whether the template's source names a field of a message, or a variable: what it does not name changes nothing.</summary>
    public bool Reads(string name) => _names.Contains(name);

    /// <summary>The conversation as text.</summary>
    /// <param name="addGenerationPrompt">Whether the beginning of an assistant's turn follows, for the model to go on.</param>
    /// <param name="variables">What else the template sees, such as <c>tools</c>; null: nothing.</param>
    /// <exception cref="ChatTemplateException">The template refuses the messages, does not end, or uses what is not supported.</exception>
    public string Render(
        IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, IReadOnlyDictionary<string, JsonElement>? variables = null) =>
        Run(WithContent(messages, variables), addGenerationPrompt, variables).Text;

    /// <summary>
    /// The conversation with the stretches that the assistant says: those of the template's `generation` blocks, or else each message of
    /// the assistant from the end of the text that asks for it to the end of its own turn.
    /// </summary>
    /// <exception cref="ChatTemplateException">As <see cref="Render"/>; or what the assistant says cannot be told from the rest.</exception>
    public RenderedChat RenderForTraining(IReadOnlyList<ChatMessage> messages, IReadOnlyDictionary<string, JsonElement>? variables = null)
    {
        messages = WithContent(messages, variables);
        var (text, generated) = Run(messages, false, variables);
        if (generated.Count > 0) return new RenderedChat(text, generated);
        var turns = new AssistantTurns(messages, text, (some, ask) => Run(some, ask, variables).Text, _habit);
        return new RenderedChat(text, [.. Enumerable.Range(0, messages.Count).Where(i => messages[i].Role == ChatMessage.Assistant)
            .Select(i => turns.Find(i) ?? throw Changed(i))]);
    }

    /// <summary>Whether the template writes what one message says; some drop roles that they do not know.</summary>
    public bool Writes(IReadOnlyList<ChatMessage> messages, int index, IReadOnlyDictionary<string, JsonElement>? variables = null)
    {
        ChatMessage[] marked = [.. messages];
        marked[index] = AssistantTurns.Marked(marked[index]);
        try
        {
            return Render(marked, false, variables).Contains(AssistantTurns.Mark, StringComparison.Ordinal);
        }
        catch (ChatTemplateException)
        {
            return true; // it looks into the content, so it reads it
        }
    }

    /// <summary>Whether a field of one message changes the text, with or without the messages that follow: some templates drop earlier thoughts.</summary>
    public bool Uses(IReadOnlyList<ChatMessage> messages, int index, string field, IReadOnlyDictionary<string, JsonElement>? variables = null)
    {
        ChatMessage[] without = [.. messages];
        without[index] = messages[index] with { Fields = messages[index].Fields.Where(other => other.Key != field).ToDictionary() };
        try
        {
            return Differ(index + 1) || Differ(messages.Count);
        }
        catch (ChatTemplateException)
        {
            return true; // it asks for the field
        }

        bool Differ(int count) => Render([.. messages.Take(count)], false, variables) != Render([.. without.Take(count)], false, variables);
    }

    private ChatTemplateException Changed(int index) => Problem($"what the assistant says in message {index + 1} cannot be told from the rest: "
        + "the template does not write it, or writes it otherwise when another message follows. Put {% generation %} … {% endgeneration %} "
        + "around it in the template, or use loss_on: all.");

    /// <summary>
    /// No content is "none" to a template, as transformers has it; one that cannot write that, or writes the word None, gets an empty text.
    /// </summary>
    private IReadOnlyList<ChatMessage> WithContent(IReadOnlyList<ChatMessage> messages, IReadOnlyDictionary<string, JsonElement>? variables)
    {
        if (!messages.Any(HasNone)) return messages;
        ChatMessage[] empty = [.. messages.Select(message => HasNone(message) ? AssistantTurns.Marked(message) with { Content = "" } : message)];
        try
        {
            return Nones(Run(messages, false, variables).Text) > Nones(Run(empty, false, variables).Text) ? empty : messages;
        }
        catch (ChatTemplateException)
        {
            return empty;
        }

        static bool HasNone(ChatMessage message) => message.Fields.TryGetValue(Content, out var content) && content.ValueKind == JsonValueKind.Null;
        static int Nones(string text) => text.Split("None").Length;
    }

    private (string Text, IReadOnlyList<(int Start, int End)> Generated) Run(
        IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, IReadOnlyDictionary<string, JsonElement>? variables) =>
        Run([.. messages.Select(Value)], addGenerationPrompt, variables);

    private (string Text, IReadOnlyList<(int Start, int End)> Generated) Run(
        List<object?> messages, bool addGenerationPrompt, IReadOnlyDictionary<string, JsonElement>? variables)
    {
        var names = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["tools"] = null,
            ["documents"] = null,
            ["strftime_now"] = (JinjaFunction)(call => JinjaClock.Format(_clock.GetLocalNow(), call.Text(0, "format"))),
        };
        foreach (var name in SpecialTokens) names[name] = new JinjaUndefined(name, Unnamed);
        foreach (var (name, token) in _tokens) names[name] = token ?? (object)new JinjaUndefined(name);
        foreach (var (name, value) in variables ?? ReadOnlyDictionary<string, JsonElement>.Empty) names[name] = JinjaValue.Of(value);
        names["messages"] = messages;
        names["add_generation_prompt"] = addGenerationPrompt;
        try
        {
            return JinjaRenderer.Render(_template, names);
        }
        catch (JinjaException problem)
        {
            throw Problem(problem.Message);
        }
    }

    private object? Value(ChatMessage message)
    {
        var value = new OrderedDictionary<object, object?>()
        {
            ["role"] = message.Role,
            [Content] = _parts.Value == ContentParts.Needed ? Parts(message.Content) : message.Content,
        };
        foreach (var (name, field) in message.Fields)
        {
            if (name == Content && field.ValueKind == JsonValueKind.Array && _parts.Value == ContentParts.Unknown) continue;
            value[name] = JinjaValue.Of(field);
        }
        return value;
    }

    /// <summary>What a template makes of a content that is a list of parts.</summary>
    private ContentParts LearnParts()
    {
        var asText = Probe(AssistantTurns.Mark);
        var asParts = Probe(Parts(AssistantTurns.Mark));
        if (asParts is null || !asParts.Contains(AssistantTurns.Mark, StringComparison.Ordinal)) return ContentParts.Unknown;
        return asParts == asText ? ContentParts.Known
            : asText?.Contains(AssistantTurns.Mark, StringComparison.Ordinal) == true ? ContentParts.Unknown : ContentParts.Needed;

        string? Probe(object content)
        {
            var message = new OrderedDictionary<object, object?>() { ["role"] = ChatMessage.User, [Content] = content };
            try
            {
                return Run([message], false, null).Text;
            }
            catch (ChatTemplateException)
            {
                return null;
            }
        }
    }

    private static List<object?> Parts(string text) =>
        [new OrderedDictionary<object, object?>() { ["type"] = "text", ["text"] = text }];

    private enum ContentParts
    {
        Unknown,
        Known,
        Needed,
    }

    private ChatTemplateException Problem(string problem) => new($"{_where}: chat template, {problem}");
}
