using System.Buffers;
using System.Text;
using System.Text.Json;

namespace NoraPipelines.Data;

/// <summary>
/// Rows of a table with a header. CSV as RFC 4180 has it: a field in quotes may hold commas, line breaks and quotes (""); in a field that
/// does not begin with one, a quote is a letter. TSV has no quotes: a field ends at a tab or at the line's end. Each row becomes a JSON
/// object of texts, as the other formats have it.
/// </summary>
internal static class TableRows
{
    private enum Place
    {
        Start,
        Plain,
        Quoted,
        QuoteInQuoted,
    }

    private const string Separators = ",\t;|";

    public static IEnumerable<Row> Read(ByteWindow window, char separator)
    {
        var quotes = separator == ',';
        string[]? header = null;
        var text = new ArrayBufferWriter<byte>();
        while (Length(window, (byte)separator, quotes) is { } length and > 0)
        {
            var row = window.Row(0, length);
            if (!row.Bytes.Span.ContainsAnyExcept("\r\n"u8))
            {
                window.Advance(length);
                continue;
            }
            var fields = Fields(row, (byte)separator, quotes);
            if (header is null) header = Header(row, fields, separator);
            else
            {
                if (fields.Count != header.Length)
                    throw row.Error($"the row has {fields.Count} fields, the header {header.Length} ({string.Join(", ", header.Select(name => $"`{name}`"))}). "
                        + $"Found: {Excerpt.Of(row.Bytes.Span)}{(quotes ? " A field with a comma, a quote or a line break is written in quotes." : "")}");
                text.ResetWrittenCount();
                yield return row with { Bytes = Json(text, header, fields) };
            }
            window.Advance(length);
        }
        if (header is null) throw new DataException($"{window.Path}: there is no header; expected a first line with the columns' names.");
    }

    /// <summary>Bytes of the next row, its line's end included; 0 at the end of the file.</summary>
    private static int Length(ByteWindow window, byte separator, bool quotes)
    {
        var (at, place) = (0, Place.Start);
        while (true)
        {
            var span = window.Bytes.Span;
            for (; at < span.Length; at++)
            {
                var found = span[at];
                if (found == '\n' && place != Place.Quoted) return at + 1;
                place = found switch
                {
                    (byte)'"' when quotes && place is Place.Start or Place.QuoteInQuoted => Place.Quoted,
                    (byte)'"' when place == Place.Quoted => Place.QuoteInQuoted,
                    _ when place == Place.Quoted => Place.Quoted,
                    _ => found == separator ? Place.Start : Place.Plain,
                };
            }
            if (window.More()) continue;
            if (place == Place.Quoted) throw new DataException($"{window.Path}:{window.Line}: the quote that opens in this row is not closed. Found: {Excerpt.Of(window.Bytes.Span)}");
            return at;
        }
    }

    private static List<string> Fields(Row row, byte separator, bool quotes)
    {
        var fields = new List<string>();
        var rest = row.Bytes.Span.TrimEnd("\n"u8);
        if (rest.EndsWith("\r"u8)) rest = rest[..^1];
        while (true)
        {
            int end;
            if (quotes && rest.StartsWith("\""u8))
            {
                end = Closing(rest);
                fields.Add(Encoding.UTF8.GetString(rest[1..end]).Replace("\"\"", "\""));
                rest = rest[(end + 1)..];
                if (!rest.IsEmpty && rest[0] != separator)
                    throw row.Error($"after a quoted field expected `{(char)separator}` or the line's end, found {Excerpt.Of(rest)}; a quote inside of a quoted field is written twice.");
                end = 0;
            }
            else
            {
                end = rest.IndexOf(separator);
                if (end < 0) end = rest.Length;
                fields.Add(Encoding.UTF8.GetString(rest[..end])); // a quote in it is a letter, as for Python's csv
            }
            if (end >= rest.Length) return fields;
            rest = rest[(end + 1)..];
        }
    }

    private static int Closing(ReadOnlySpan<byte> field)
    {
        for (var at = 1; ; at++)
        {
            // Length has found the closing one.
            if (field[at] != '"') continue;
            if (at + 1 < field.Length && field[at + 1] == '"') at++;
            else return at;
        }
    }

    private static string[] Header(Row row, List<string> fields, char separator)
    {
        string[] names = [.. fields.Select(name => name.Trim())];
        if (names is [var only] && Separators.Where(mark => mark != separator && only.Contains(mark)).Select(mark => (char?)mark).FirstOrDefault() is { } other)
        {
            throw row.Error($"the header is one column, {Excerpt.Of(row.Bytes.Span.TrimEnd("\r\n"u8))}, whose names seem to stand between {Named(other)}; expected {Named(separator)} in this file. "
                + (other == '\t' ? "Name the file .tsv." : separator == '\t' && other == ',' ? "Name the file .csv." : $"Write the file again with {Named(separator)}."));
        }
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw row.Error($"the header has the column `{twice.Key}` twice; expected every name once.");
        return names;
    }

    private static string Named(char separator) => separator switch
    {
        ',' => "commas",
        '\t' => "tabs",
        ';' => "semicolons",
        _ => "vertical bars",
    };

    private static ReadOnlyMemory<byte> Json(ArrayBufferWriter<byte> text, string[] header, List<string> fields)
    {
        using var writer = new Utf8JsonWriter(text);
        writer.WriteStartObject();
        for (var i = 0; i < header.Length; i++) writer.WriteString(header[i], fields[i]);
        writer.WriteEndObject();
        writer.Flush();
        return text.WrittenMemory;
    }
}
