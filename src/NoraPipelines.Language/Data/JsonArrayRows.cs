using System.Text.Json;

namespace NoraPipelines.Data;

/// <summary>The elements of a JSON array of objects, one after the other; only one of them is in memory.</summary>
internal static class JsonArrayRows
{
    public static IEnumerable<Row> Read(ByteWindow window)
    {
        var first = Next(window, "an array of objects");
        if (first != '[')
        {
            throw Error(window, $"expected an array of objects, `[{{…}}, …]`, found {Describe(first)}" + (first == '{' ? Remedy(window) : "."));
        }
        window.Advance(1);
        if (Next(window, "an object or `]`") == ']') window.Advance(1);
        else
        {
            while (true)
            {
                var start = Next(window, "an object");
                if (start != '{') throw Error(window, $"expected an object, found {Describe(start)}.");
                var length = ObjectLength(window);
                yield return window.Row(0, length);
                window.Advance(length);
                var after = Next(window, "`,` or `]`");
                if (after is not (',' or ']')) throw Error(window, $"expected `,` or `]` after an object, found {Describe(after)}.");
                window.Advance(1);
                if (after == ']') break;
            }
        }
        if (!SkipWhiteSpace(window)) throw Error(window, "expected the end of the file after the array.");
    }

    /// <summary>What to do with a file that begins with an object, by what its first members hold.</summary>
    private static string Remedy(ByteWindow window)
    {
        const string Lines = "; a file with one object a line is JSON lines: name it .jsonl.";
        var file = Path.GetFileName(window.Path);
        try
        {
            var reader = new Utf8JsonReader(window.Bytes.Span, isFinalBlock: false, new JsonReaderState(JsonRow.ReaderOptions));
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = JsonSerializer.Serialize(reader.GetString());
                if (!reader.Read()) break;
                var kind = reader.TokenType;
                var next = reader;
                var holdsObjects = next.Read() && (kind == JsonTokenType.StartArray ? next.TokenType == JsonTokenType.StartObject
                    : kind == JsonTokenType.StartObject && next.TokenType == JsonTokenType.PropertyName && next.GetString() == "0");
                if (holdsObjects && kind == JsonTokenType.StartArray)
                    return $" whose member {name} is one; write that array into a file of its own, for example with `jq '.[{name}]' {file} > rows.json`.";
                if (holdsObjects) return ", columns by the numbers of their rows; write one object a row, as pandas' `to_json(\"rows.jsonl\", orient=\"records\", lines=True)` does.";
                if (!reader.TrySkip()) break;
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // Then the file is no such object.
        }
        return Lines;
    }

    /// <summary>Bytes of the object that the window begins with.</summary>
    private static int ObjectLength(ByteWindow window)
    {
        while (true)
        {
            if (Length(window) is > 0 and var length) return length;
            if (!window.More()) throw Error(window, "the file ends in the middle of the object that begins here.");
        }
    }

    /// <returns>0 where the window ends before the object does.</returns>
    private static int Length(ByteWindow window)
    {
        var json = window.Bytes.Span;
        try
        {
            return Length(json);
        }
        catch (JsonException broken)
        {
            try
            {
                if (NonFiniteJson.Replaced(json) is { } finite) return Length(finite);
            }
            catch (JsonException)
            {
                // What was found first is told.
            }
            if (NonFiniteJson.MayBegin(json)) return 0;
            window.Row(0, json.Length).CheckUtf8();
            throw JsonRow.Broken(window.Path, window.Line, json, broken);
        }
    }

    private static int Length(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(JsonRow.ReaderOptions));
        return reader.Read() && reader.TrySkip() ? (int)reader.BytesConsumed : 0;
    }

    private static char Next(ByteWindow window, string expected) =>
        SkipWhiteSpace(window) ? throw Error(window, $"the file ends where {expected} was expected.") : (char)window.Bytes.Span[0];

    /// <returns>True at the end of the file.</returns>
    private static bool SkipWhiteSpace(ByteWindow window)
    {
        while (true)
        {
            var start = window.Bytes.Span.IndexOfAnyExcept(" \t\r\n"u8);
            window.Advance(start < 0 ? window.Bytes.Length : start);
            if (start >= 0) return false;
            if (!window.More()) return true;
        }
    }

    private static string Describe(char found) => found switch
    {
        '{' => "an object",
        '[' => "an array",
        '"' => "a string",
        ',' => "a comma too many",
        >= ' ' and <= '~' => $"`{found}`",
        _ => $"byte 0x{(int)found:X2}",
    };

    private static DataException Error(ByteWindow window, string message) =>
        new($"{window.Path}:{window.Line}: {message}" + (window.Bytes.IsEmpty ? "" : $" Found: {Excerpt.Of(window.Bytes.Span)}"));
}
