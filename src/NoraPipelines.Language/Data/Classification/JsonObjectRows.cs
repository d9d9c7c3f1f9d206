using System.Text.Json;

namespace NoraPipelines.Data;

/// <summary>The objects of a .jsonl or .json file as named texts; numbers as they are written.</summary>
internal static class JsonObjectRows
{
    public static IEnumerable<NamedRow> Read(IEnumerable<Row> rows) => rows.Select(row => new NamedRow(row, Columns(row)));

    private static Dictionary<string, string> Columns(Row row)
    {
        try
        {
            using var document = JsonDocument.Parse(row.Bytes, new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw row.Error($"expected an object, found {Excerpt.Of(row.Bytes.Span)}");
            return document.RootElement.EnumerateObject()
                .Where(member => member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                .ToDictionary(member => member.Name, member => member.Value.ToString());
        }
        catch (JsonException) when (NonFiniteJson.Replaced(row.Bytes.Span) is { } finite)
        {
            return Columns(row with { Bytes = finite });
        }
        catch (JsonException broken)
        {
            throw JsonRow.Broken(row.Path, row.Line, row.Bytes.Span, broken);
        }
        catch (InvalidOperationException broken)
        {
            throw JsonRow.HalfSurrogate(row, broken);
        }
    }
}
