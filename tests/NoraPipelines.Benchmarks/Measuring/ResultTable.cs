using System.Globalization;
using System.Text.Json;

namespace NoraPipelines.Benchmarks.Measuring;

/// <summary>Rows as they come: one JSON array, or lines of a table.</summary>
internal sealed class ResultTable<T>(bool json)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };
    private static readonly System.Reflection.PropertyInfo[] Columns = typeof(T).GetProperties();
    private readonly List<T> _rows = [];

    public void Add(IEnumerable<T> rows)
    {
        foreach (var row in rows)
        {
            if (!json && _rows.Count == 0) Write(Columns.Select(column => JsonNamingPolicy.SnakeCaseLower.ConvertName(column.Name)));
            _rows.Add(row);
            if (!json) Write(Columns.Select(column => Show(column.GetValue(row))));
        }
    }

    public void End()
    {
        if (json) Console.WriteLine(JsonSerializer.Serialize(_rows, Options));
    }

    private static void Write(IEnumerable<string> cells) => Console.WriteLine(string.Concat(cells.Select(cell => cell.PadRight(18))).TrimEnd());

    private static string Show(object? value) => value switch
    {
        null => "–",
        double number => number.ToString(Math.Abs(number) is >= 1e6 ? "0.000e0" : "0.0000", CultureInfo.InvariantCulture),
        long bytes => $"{bytes / 1e6:0.0} MB",
        _ => value.ToString()!,
    };
}
