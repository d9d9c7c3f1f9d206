using System.Text.Json;
using NoraPipelines.Chat;
using NoraPipelines.Chat.Jinja;

namespace NoraPipelines.Data;

/// <summary>
/// Takes a conversation out of a row: [{ role, content }], or [{ from, value }] with human and gpt as some sets have it, or the text of such
/// a list; its tools, documents and system text are other columns.
/// </summary>
internal static class ChatRow
{
    private const string Tools = "tools", Documents = "documents", System = "system", TemplateArguments = "chat_template_kwargs";

    /// <summary>The columns that belong to a conversation beside its messages.</summary>
    public static IReadOnlyList<string> Columns { get; } = [Tools, Documents, System, TemplateArguments];

    /// <param name="element">The row.</param>
    /// <exception cref="DataException">The column holds no list of messages, or none of them is the assistant's.</exception>
    public static Example Example(Row row, JsonElement element, string column)
    {
        var messages = Parsed(row, column, element.GetProperty(column));
        if (messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0)
            throw row.Error($"column `{column}` is no list of messages; expected [{{ \"role\": \"user\", \"content\": \"…\" }}, …]; found: {Excerpt.Of(row.Bytes.Span)}");
        var conversation = messages.EnumerateArray().Select((message, index) => new ChatRowMessage(row, column, index + 1).Read(message)).ToList();
        if (conversation.All(message => message.Role != ChatMessage.Assistant))
            throw row.Error($"column `{column}`: no message is the assistant's, so there is nothing to learn; its roles are {string.Join(", ", conversation.Select(message => message.Role))}.");
        var (variables, unread) = (new Dictionary<string, JsonElement>(), new List<string>());
        foreach (var other in element.EnumerateObject())
        {
            if (other.Name == column || IsNothing(other.Value)) continue;
            switch (other.Name)
            {
                case Tools or Documents:
                    variables[other.Name] = List(row, other);
                    break;
                case TemplateArguments when other.Value.ValueKind == JsonValueKind.Object:
                    foreach (var argument in other.Value.EnumerateObject()) variables[argument.Name] = Kept(argument.Value);
                    break;
                case System when other.Value.ValueKind == JsonValueKind.String:
                    if (conversation[0].Role == ChatMessage.System)
                        throw row.Error($"the column `{System}` and the first message of `{column}` are both the system's; keep one of them.");
                    conversation.Insert(0, new ChatMessage(ChatMessage.System, other.Value.GetString()!));
                    break;
                default:
                    unread.Add(JsonRow.ColumnName(other));
                    break;
            }
        }
        return new Example("", "") { Messages = conversation, ChatVariables = variables.Count > 0 ? variables : null, Unread = unread };
    }

    /// <summary>Whether a field holds nothing: null, as files of columns write what a row does not have, or no item.</summary>
    public static bool IsNothing(JsonElement value) => value.ValueKind == JsonValueKind.Null
        || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0)
        || (value.ValueKind == JsonValueKind.String && value.ValueEquals(""));

    /// <summary>A value that outlives its row.</summary>
    /// <exception cref="InvalidOperationException">A text in it has half of a surrogate pair.</exception>
    public static JsonElement Kept(JsonElement value)
    {
        _ = JinjaValue.Of(value); // reads every text
        return value.Clone();
    }

    private static JsonElement List(Row row, JsonProperty property)
    {
        var value = Parsed(row, property.Name, property.Value);
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object) ? Kept(value)
            : throw row.Error($"the column `{property.Name}` is no list of objects; found: {Excerpt.Of(row.Bytes.Span)}");
    }

    /// <summary>A list, or the text of one: Arrow cannot hold lists whose items differ in form, and CSV holds none.</summary>
    private static JsonElement Parsed(Row row, string column, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return value;
        try
        {
            using var document = JsonDocument.Parse(value.GetString()!, JsonRow.Options);
            return document.RootElement.Clone();
        }
        catch (JsonException broken)
        {
            throw row.Error($"the column `{column}` is a text that is no JSON ({broken.Message.Split(" LineNumber:")[0].TrimEnd('.')}); expected a list of objects.", broken);
        }
    }
}
