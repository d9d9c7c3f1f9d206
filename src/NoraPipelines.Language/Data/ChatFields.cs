using System.Collections.Concurrent;
using System.Text.Json;
using NoraPipelines.Chat;

namespace NoraPipelines.Data;

/// <summary>What a conversation's row holds and its template does not read. Threads may share one.</summary>
internal sealed class ChatFields(ChatTemplate template)
{
    private readonly ConcurrentDictionary<string, bool> _writtenRoles = new(StringComparer.Ordinal);

    // Roles with a field that some row's text changed with.
    private readonly ConcurrentDictionary<(string Role, string Field), bool> _usedFields = new();

    /// <summary>Names for the user, with those that the reader passed over.</summary>
    /// <exception cref="DataException">As for <see cref="RefuseCalls"/>.</exception>
    public IReadOnlyList<string> Unread(Example example, IReadOnlyList<ChatMessage> messages)
    {
        RefuseCalls(messages, example.ChatVariables);
        var unread = example.Unread.ToList();
        for (var i = 0; i < messages.Count; i++)
        {
            if (Calls(messages[i]) && !string.IsNullOrWhiteSpace(messages[i].Content) && !template.Writes(messages, i, example.ChatVariables))
                unread.Add($"the `{ChatRowMessage.Content}` beside `{ChatRowMessage.ToolCalls}`");
            var (role, at) = (messages[i].Role, i);
            unread.AddRange(messages[i].Fields.Keys.Where(name => IsUnread(messages, at, name, example)).Select(name => $"the messages' field `{name}`"));
            if (role is ChatMessage.User or ChatMessage.Assistant) continue;
            if (!_writtenRoles.GetOrAdd(role, _ => template.Writes(messages, at, example.ChatVariables))) unread.Add($"what the role `{role}` says");
        }
        unread.AddRange((example.ChatVariables?.Keys ?? []).Where(IsUnread).Select(name => $"the row's `{name}`"));
        return unread;
    }

    /// <exception cref="DataException">Calls of tools would be left out: the model would see and learn silence where a tool is called.</exception>
    public void RefuseCalls(IReadOnlyList<ChatMessage> messages, IReadOnlyDictionary<string, JsonElement>? variables)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            if (!Calls(messages[i])) continue;
            if (IsUnread(ChatRowMessage.ToolCalls))
            {
                throw new DataException($"message {i + 1} has `{ChatRowMessage.ToolCalls}`, which the chat template does not write; expected a template "
                    + "that does, or calls written out as text in `content`.");
            }
            if (!template.Uses(messages, i, ChatRowMessage.ToolCalls, variables))
            {
                throw new DataException($"message {i + 1} has `{ChatRowMessage.ToolCalls}`, which the chat template reads and does not write here: some write "
                    + "them only beside `content: null`, or where their `arguments` are a JSON text. Expected calls in the form that the template writes.");
            }
        }
    }

    private static bool Calls(ChatMessage message) => message.Fields.ContainsKey(ChatRowMessage.ToolCalls);

    private bool IsUnread(string name) => name != ChatRowMessage.Content && !template.Reads(name);

    /// <summary>Also where the template names the field for something else, such as the `name` of a tool.</summary>
    private bool IsUnread(IReadOnlyList<ChatMessage> messages, int index, string name, Example example)
    {
        if (name == ChatRowMessage.Content || !template.Reads(name)) return IsUnread(name);
        var use = (messages[index].Role, name);
        if (_usedFields.ContainsKey(use)) return false;
        if (!template.Uses(messages, index, name, example.ChatVariables)) return true;
        _usedFields[use] = true;
        return false;
    }
}
