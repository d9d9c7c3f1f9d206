using System.Collections.Concurrent;
using NoraPipelines.Chat;

namespace NoraPipelines.Data;

/// <summary>What a conversation's row holds and its template does not read. Threads may share one.</summary>
internal sealed class ChatFields(ChatTemplate template)
{
    private readonly ConcurrentDictionary<string, bool> _writtenRoles = new(StringComparer.Ordinal);

    /// <summary>Names for the user, with those that the reader passed over.</summary>
    /// <exception cref="DataException">As for <see cref="RefuseCalls"/>.</exception>
    public IReadOnlyList<string> Unread(Example example, IReadOnlyList<ChatMessage> messages)
    {
        RefuseCalls(messages);
        var unread = example.Unread.ToList();
        for (var i = 0; i < messages.Count; i++)
        {
            unread.AddRange(messages[i].Fields.Keys.Where(IsUnread).Select(name => $"the messages' field `{name}`"));
            var (role, at) = (messages[i].Role, i);
            if (role is ChatMessage.User or ChatMessage.Assistant) continue;
            if (!_writtenRoles.GetOrAdd(role, _ => template.Writes(messages, at, example.ChatVariables))) unread.Add($"what the role `{role}` says");
        }
        unread.AddRange((example.ChatVariables?.Keys ?? []).Where(IsUnread).Select(name => $"the row's `{name}`"));
        return unread;
    }

    /// <exception cref="DataException">Calls of tools would be left out: the model would see and learn silence where a tool is called.</exception>
    public void RefuseCalls(IReadOnlyList<ChatMessage> messages)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            if (!messages[i].Fields.ContainsKey(ChatRowMessage.ToolCalls) || !IsUnread(ChatRowMessage.ToolCalls)) continue;
            throw new DataException($"message {i + 1} has `{ChatRowMessage.ToolCalls}`, which the chat template does not write; expected a template that "
                + "does, or calls written out as text in `content`.");
        }
    }

    private bool IsUnread(string name) => name != ChatRowMessage.Content && !template.Reads(name);
}
