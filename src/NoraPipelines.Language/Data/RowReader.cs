using NoraPipelines.Plans;

namespace NoraPipelines.Data;

/// <summary>The rows of a data file as JSON objects, whatever its format.</summary>
internal static class RowReader
{
    /// <param name="wanted">Chooses among a file's columns, where those that nobody wants need not be read.</param>
    /// <exception cref="DataException">While it is read.</exception>
    public static IEnumerable<Row> Objects(string path, Func<IReadOnlyList<string>, IReadOnlyCollection<string>> wanted)
    {
        var rows = DataFormat.Of(path) switch
        {
            ".parquet" => ParquetRows.Read(path, wanted),
            ".json" => InWindow(path, JsonArrayRows.Read),
            ".csv" => InWindow(path, window => TableRows.Read(window, ',')),
            ".tsv" => InWindow(path, window => TableRows.Read(window, '\t')),
            _ => InWindow(path, LineRows.Read),
        };
        return rows;
    }

    /// <exception cref="DataException">While it is read.</exception>
    public static IEnumerable<Row> Texts(string path, string? separator) =>
        InWindow(path, window => separator is null ? LineRows.Read(window) : SeparatedRows.Read(window, separator));

    private static IEnumerable<Row> InWindow(string path, Func<ByteWindow, IEnumerable<Row>> read)
    {
        using var window = DataFile.Open(path);
        using var rows = read(window).GetEnumerator();
        while (DataFile.Guard(path, rows.MoveNext)) yield return rows.Current;
    }
}
