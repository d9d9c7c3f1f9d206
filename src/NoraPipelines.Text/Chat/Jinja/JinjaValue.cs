using System.Text.Json;

namespace NoraPipelines.Chat.Jinja;

/// <summary>JSON as a template sees it.</summary>
internal static class JinjaValue
{
    public static object? Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? whole : element.GetDouble(),
        JsonValueKind.Array => element.EnumerateArray().Select(Of).ToList(),
        JsonValueKind.Object => new OrderedDictionary<object, object?>(
            element.EnumerateObject().Select(property => KeyValuePair.Create((object)property.Name, Of(property.Value)))),
        _ => null,
    };
}
