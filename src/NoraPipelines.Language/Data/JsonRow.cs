using System.Text.Json;
using NoraPipelines.Plans;

namespace NoraPipelines.Data;

/// <summary>Takes an example out of a JSON object by its columns.</summary>
internal static class JsonRow
{
    public static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 64 };

    // A key that comes twice has two values, and nothing says which one was meant.
    public static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>The columns that a file is read by: those given, or the first known set that its first row has.</summary>
    /// <exception cref="DataException">Half of a pair is given, or nothing known is there.</exception>
    public static ColumnMap Choose(Row row, ColumnMap given) => Parse(row, element => Columns.Choose(row, given, Names(element)));

    /// <summary>The example of a row; null where its text is blank.</summary>
    /// <exception cref="DataException">The row is no object of JSON, or a column is missing or holds something else than text.</exception>
    public static Example? Example(Row row, ColumnMap columns) => Parse(row, element =>
    {
        if (columns.Messages is { } messages)
        {
            return element.TryGetProperty(messages, out _) ? ChatRow.Example(row, element, messages) : throw Columns.Missing(row, messages, Names(element));
        }
        if (columns.Text is { } text)
            return Value(row, element, text) is var value && string.IsNullOrWhiteSpace(value) ? null : new Example("", value) { Unread = Unread(element, [text]) };
        var prompt = Value(row, element, columns.Prompt!);
        if (string.IsNullOrWhiteSpace(prompt))
            throw row.Error($"the prompt (column `{columns.Prompt}`) is empty; remove the row, or name the column of the question.");
        var input = columns.Input is { } name ? Value(row, element, name, orNull: true) : "";
        return new Example(prompt, Value(row, element, columns.Response!)) { Input = input, Unread = Unread(element, Columns.Names(columns)) };
    });

    /// <summary>The example that a template of the spec's own makes of a row.</summary>
    /// <exception cref="DataException">The row is no object of JSON, or a column is missing or holds something else than text.</exception>
    public static Example Example(Row row, CustomTemplate template) =>
        Parse(row, element => template.Example(column => Value(row, element, column)) with { Unread = Unread(element, template.Columns) });

    /// <summary>The item of a task that a template of the spec's own asks.</summary>
    /// <exception cref="DataException">As for <see cref="Example(Row, CustomTemplate)"/>; or the row has an input without a place.</exception>
    public static Example Item(Row row, CustomTemplate template, ColumnMap columns) => Parse(row, element =>
    {
        if (columns.Input is { } input && !template.Asks(input) && element.TryGetProperty(input, out _)
            && Value(row, element, input, orNull: true).Length > 0)
            throw row.Error($"the row has an input (column `{input}`), for which the template's prompt has no place; write {{{input}}} into it.");
        return template.Item(column => Value(row, element, column), columns) with { Unread = Unread(element, template.Columns.Concat(Columns.Names(columns))) };
    });

    /// <summary>The columns that hold something and that nobody reads.</summary>
    private static IReadOnlyList<string> Unread(JsonElement element, IEnumerable<string> read) =>
        element.EnumerateObject().Where(other => !read.Contains(other.Name) && !ChatRow.IsNothing(other.Value)).Select(ColumnName).ToArray();

    /// <summary>A column as a user is told of it.</summary>
    public static string ColumnName(JsonProperty column) => $"the column `{column.Name}`";

    public static DataException Broken(string path, long line, ReadOnlySpan<byte> bytes, JsonException broken)
    {
        var position = broken.BytePositionInLine ?? 0;
        var at = 0;
        for (var below = broken.LineNumber ?? 0; below > 0; below--) at += bytes[at..].IndexOf((byte)'\n') + 1;
        var reason = broken.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.');
        line += broken.LineNumber ?? 0;
        var excerpt = Excerpt.Of(bytes[at..], position);
        return new DataException($"{path}:{line}: not valid JSON at byte {position + 1} of the line: {reason}. Found: {excerpt}", broken);
    }

    /// <summary>System.Text.Json refuses half a surrogate pair only when the string is taken.</summary>
    public static DataException HalfSurrogate(Row row, InvalidOperationException broken) =>
        row.Error($"a string has half of a surrogate pair (\\uD800 … \\uDFFF), which is no text. Found: {Excerpt.Of(row.Bytes.Span)}", broken);

    private static T Parse<T>(Row row, Func<JsonElement, T> take)
    {
        try
        {
            using var document = JsonDocument.Parse(row.Bytes, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return take(document.RootElement);
            var (kind, excerpt) = (Kind(document.RootElement), Excerpt.Of(row.Bytes.Span));
            throw row.Error($"expected an object, `{{\"column\": \"text\", …}}`, found {kind}: {excerpt}");
        }
        catch (JsonException) when (NonFiniteJson.Replaced(row.Bytes.Span) is { } finite)
        {
            return Parse(row with { Bytes = finite }, take);
        }
        catch (JsonException broken)
        {
            if (row.Bytes.Span.TrimStart((byte)' ').StartsWith("["u8))
                throw row.Error("found the beginning of a JSON array where one object a line was expected; name the file .json.", broken);
            throw Broken(row.Path, row.Line, row.Bytes.Span, broken);
        }
        catch (InvalidOperationException broken)
        {
            throw HalfSurrogate(row, broken);
        }
    }

    /// <param name="orNull">An input that is not there may be null.</param>
    private static string Value(Row row, JsonElement element, string column, bool orNull = false)
    {
        if (!element.TryGetProperty(column, out var value)) throw Columns.Missing(row, column, Names(element));
        return value.ValueKind switch
        {
            JsonValueKind.Null when orNull => "",
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => throw row.Error($"column `{column}` is {Kind(value)}, expected text; found: {Excerpt.Of(row.Bytes.Span)}"),
        };
    }

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        _ => "a truth value",
    };
}
