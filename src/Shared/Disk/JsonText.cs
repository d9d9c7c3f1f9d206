using System.Text.Json;

namespace NoraPipelines.Disk;

/// <summary>Refuses JSON whose texts are none: JSON's grammar allows an escaped half of a surrogate pair, Unicode does not.</summary>
internal static class JsonText
{
    /// <summary>A value for a message: on one line, and not longer than one.</summary>
    public static string Shown(JsonElement value, int most = 80)
    {
        if (value.ValueKind == JsonValueKind.Undefined) return "nothing";
        var text = string.Join(' ', value.GetRawText().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length > most ? $"{text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)]}…" : text;
    }

    /// <summary>Looks at every key and text of a document, so that whoever reads it later need not.</summary>
    /// <param name="json">UTF-8 without a byte order mark.</param>
    /// <exception cref="JsonException">A text is none, with its line, or this is no JSON.</exception>
    public static void Check(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (!reader.ValueIsEscaped || reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)) continue;
            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException e)
            {
                var before = json[..(int)reader.TokenStartIndex];
                throw new JsonException("an escape is half of a surrogate pair, which is no character.", path: null, before.Count((byte)'\n'),
                    before.Length - 1 - before.LastIndexOf((byte)'\n'), e);
            }
        }
    }
}
