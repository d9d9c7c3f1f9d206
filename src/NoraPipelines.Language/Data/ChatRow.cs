using System.Text.Json;
using NoraPipelines.Chat;

namespace NoraPipelines.Data;

/// <summary>Takes a conversation out of a row: [{ role, content }], or [{ from, value }] with human and gpt as some sets have it.</summary>
internal static class ChatRow
{
    /// <exception cref="DataException">It is no list of messages, or none of them is the assistant's.</exception>
    public static Example Example(Row row, JsonElement messages, string column)
    {
        if (messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0)
            throw row.Error($"column `{column}` is no list of messages; expected [{{ \"role\": \"user\", \"content\": \"…\" }}, …]; found: {Excerpt.Of(row.Bytes.Span)}");
        ChatMessage[] conversation = [.. messages.EnumerateArray().Select((message, index) => Message(row, message, column, index + 1))];
        if (conversation.All(message => message.Role != ChatMessage.Assistant))
            throw row.Error($"column `{column}`: no message is the assistant's, so there is nothing to learn; its roles are {string.Join(", ", conversation.Select(message => message.Role))}.");
        return new Example("", "") { Messages = conversation };
    }

    private static ChatMessage Message(Row row, JsonElement message, string column, int number)
    {
        var role = Text(message, "role") ?? Text(message, "from") switch
        {
            "human" => ChatMessage.User,
            "gpt" => ChatMessage.Assistant,
            var other => other,
        };
        var content = Text(message, "content") ?? Text(message, "value");
        if (role is not null && content is not null) return new ChatMessage(role, content);
        throw row.Error($"column `{column}`, message {number}: {(role is null ? "there is no `role`" : "there is no text `content`")}; expected {{ \"role\": \"user\", \"content\": \"…\" }}.");
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
