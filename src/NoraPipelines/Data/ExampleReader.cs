using NoraPipelines.Plans;

namespace NoraPipelines.Data;

/// <summary>
/// Reads examples from .jsonl (an object a line), .json (an array of objects) and .txt (a text a line, or separated texts) files.
/// Files are streamed: only the examples that are kept are in memory.
/// </summary>
public static class ExampleReader
{
    /// <summary>The first rows of a file, or all of them.</summary>
    /// <param name="path">A .jsonl, .ndjson, .json or .txt file in UTF-8.</param>
    /// <param name="columns">Where prompt and response, or the text, are; an empty map takes the first known set (docs/data.md).</param>
    /// <param name="limit">Take the first so many rows; null: all.</param>
    /// <param name="separator">What stands between two texts of a .txt file; null: a line each.</param>
    /// <exception cref="DataException">The file cannot be read, or a row is not as expected; file and line are named.</exception>
    public static IReadOnlyList<Example> Read(string path, ColumnMap columns, int? limit = null, string? separator = null)
    {
        RefuseLimit(path, limit);
        var examples = Stream(path, columns, separator).Take(limit ?? int.MaxValue).ToArray();
        return examples.Length > 0 ? examples : throw new DataException($"{path}: there is no row in the file; expected at least one.");
    }

    /// <summary>The rows of a generator of the project.</summary>
    /// <exception cref="DataException">There are none.</exception>
    public static IReadOnlyList<Example> Read(IExampleSource source, int seed, int? limit = null)
    {
        var name = source.GetType().FullName!;
        RefuseLimit(name, limit);
        var examples = source.Examples(seed).Take(limit ?? int.MaxValue).ToArray();
        return examples.Length > 0 ? examples : throw new DataException($"{name} made no example with seed {seed}; expected at least one.");
    }

    /// <summary>As <see cref="Read(string, ColumnMap, int?, string?)"/>, a row at a time.</summary>
    /// <exception cref="DataException">While it is read.</exception>
    public static IEnumerable<Example> Stream(string path, ColumnMap columns, string? separator = null)
    {
        var extension = Path.GetExtension(path).ToLowerInvariant();
        if (Misfit(path, extension, columns, separator) is { } problem) throw new DataException($"{path}: {problem}");
        return Rows(path, window => extension switch
        {
            ".txt" => Texts(separator is null ? LineRows.Read(window) : SeparatedRows.Read(window, separator)),
            ".json" => Objects(JsonArrayRows.Read(window), columns),
            _ => Objects(LineRows.Read(window), columns),
        });
    }

    private static string? Misfit(string path, string extension, ColumnMap columns, string? separator)
    {
        if (extension is not (".jsonl" or ".ndjson" or ".json" or ".txt") && !Directory.Exists(path))
            return $"data files end in .jsonl, .json or .txt; found \"{extension}\". Convert the file, for example to JSON lines.";
        if (separator is not null && extension != ".txt")
            return $"a separator stands between the texts of a .txt file; remove it for {extension}.";
        if (separator is "")
            return "the separator is empty; give the text between two texts, or leave it out for a text a line.";
        if (extension == ".txt" && columns != new ColumnMap())
            return "a .txt file has no columns; remove `columns`, or use JSON lines.";
        return null;
    }

    private static IEnumerable<Example> Rows(string path, Func<ByteWindow, IEnumerable<Example>> read)
    {
        using var window = DataFile.Open(path);
        using var rows = read(window).GetEnumerator();
        while (DataFile.Guard(path, rows.MoveNext)) yield return rows.Current;
    }

    private static IEnumerable<Example> Texts(IEnumerable<Row> rows) => rows.Select(row => new Example("", row.Text));

    private static IEnumerable<Example> Objects(IEnumerable<Row> rows, ColumnMap given)
    {
        ColumnMap? chosen = null;
        foreach (var row in rows)
        {
            chosen ??= JsonRow.Choose(row, given);
            if (JsonRow.Example(row, chosen) is { } example) yield return example;
        }
    }

    private static void RefuseLimit(string source, int? limit)
    {
        if (limit < 1) throw new DataException($"{source}: the limit is {limit}; expected at least 1, or none for all rows.");
    }
}
