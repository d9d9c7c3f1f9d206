using System.Text;
using System.Text.Json;
using NoraPipelines.Chat;

namespace NoraPipelines.Data;

/// <summary>One message of a row. What it holds beside role, content and weight goes to the template as it stands.</summary>
/// <param name="number">1-based.</param>
internal sealed class ChatRowMessage(Row row, string column, int number)
{
    public const string Content = "content", ToolCalls = "tool_calls";

    private const string From = "from", Value = "value", FunctionCall = "function_call", Weight = "weight";

    // What sets of axolotl, ms-swift and others call a weight of 0 or 1.
    private static readonly string[] Switches = ["train", "training", "trainable", "loss"];

    private const string Expected = "; expected { \"role\": \"user\", \"content\": \"…\" }.";

    private static readonly JsonElement None = JsonSerializer.SerializeToElement<object?>(null);

    /// <exception cref="DataException">It is no message, or asks for what is not supported.</exception>
    public ChatMessage Read(JsonElement message)
    {
        var named = Text(message, "role") ?? Text(message, From) ?? throw Error("there is no `role`" + Expected);
        var role = Role(named);
        if (Text(message, From) is { } from && Role(from) != role) throw Error($"`role` is `{named}` and `{From}` is `{from}`; expected one of them.");
        var fields = new Dictionary<string, JsonElement>();
        bool? learnt = null;
        foreach (var (name, value) in message.EnumerateObject().Select(field => (field.Name, field.Value)))
        {
            if (name is "role" or From or Value or Content || ChatRow.IsNothing(value)) continue;
            if (name == Weight || (Switches.Contains(name) && value.ValueKind is JsonValueKind.True or JsonValueKind.False))
                learnt = IsLearnt(name, value) && learnt != false;
            else if (name == FunctionCall) fields[ToolCalls] = JsonSerializer.SerializeToElement(new[] { new { type = "function", function = ChatRow.Kept(value) } });
            else fields[name] = ChatRow.Kept(value);
        }
        if (learnt == true && role != ChatMessage.Assistant)
            throw Error($"it is the role `{named}`'s and to be learnt; expected a weight of the assistant's messages alone, or loss_on: all without weights.");
        var content = Given(message);
        if (content.ValueKind == JsonValueKind.Null && (role != ChatMessage.Assistant || !fields.ContainsKey(ToolCalls)))
            throw Error("there is no text `content`" + Expected);
        if (content.ValueKind != JsonValueKind.String) fields[Content] = ChatRow.Kept(content);
        var spoken = new ChatMessage(role, Words(content)) { IsLearnt = learnt ?? true };
        return fields.Count > 0 ? spoken with { Fields = fields } : spoken;
    }

    private static string Role(string named) => named switch
    {
        "human" => ChatMessage.User,
        "gpt" or FunctionCall => ChatMessage.Assistant,
        "observation" or "function" => ChatMessage.Tool,
        _ => named,
    };

    /// <summary>What is said: `content`, or `value` where that is there instead.</summary>
    private JsonElement Given(JsonElement message)
    {
        var isThere = message.TryGetProperty(Content, out var content);
        if (!message.TryGetProperty(Value, out var value) || (isThere && ChatRow.IsNothing(value))) return isThere ? content : None;
        if (isThere && !ChatRow.IsNothing(content) && !JsonElement.DeepEquals(content, value))
            throw Error($"there are both `{Content}` and `{Value}`, and they differ; expected one of them.");
        return value;
    }

    private bool IsLearnt(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when value.GetDouble() is 0 or 1 => value.GetDouble() == 1,
        _ => throw Error($"`{name}` is {value.GetRawText()}; expected 1 (learnt) or 0 (not learnt)."),
    };

    /// <summary>A text, or a list of text parts.</summary>
    private string Words(JsonElement content)
    {
        if (content.ValueKind == JsonValueKind.String) return content.GetString()!;
        if (content.ValueKind == JsonValueKind.Null) return "";
        if (content.ValueKind != JsonValueKind.Array) throw Error("there is no text `content`" + Expected);
        var words = new StringBuilder();
        foreach (var part in content.EnumerateArray())
        {
            var (type, text) = part.ValueKind == JsonValueKind.String ? (null, part.GetString()) : (Text(part, "type"), Text(part, "text"));
            if (text is null || type is not (null or "text"))
                throw Error($"`{Content}` has a part of the type `{type ?? "none"}`; only parts of text, {{ \"type\": \"text\", \"text\": \"…\" }}, are read.");
            words.Append(text);
        }
        return words.ToString();
    }

    private DataException Error(string problem) =>
        row.Error($"column `{column}`, message {number}: {problem}");

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
