using NoraPipelines.Plans;

namespace NoraPipelines.Data;

/// <summary>
/// Reads examples from data files: .jsonl (an object a line), .json (an array of objects), .csv and .tsv (with a header), .parquet, and
/// .txt (a text a line, or separated texts); from a folder or a glob as well. Files are streamed: only the examples that are kept, and
/// of Parquet one row group, are in memory.
/// </summary>
public static class ExampleReader
{
    /// <summary>The first rows, or all of them.</summary>
    /// <inheritdoc cref="Stream(DataFiles, ColumnMap, int?, string?, SplitPlan?)"/>
    public static IReadOnlyList<Example> Read(DataFiles files, ColumnMap columns, int? limit = null, string? separator = null, SplitPlan? split = null) =>
        [.. Stream(files, columns, limit, separator, split)];

    /// <summary>Rows written out by a template of the spec's own.</summary>
    /// <inheritdoc cref="StreamWith"/>
    public static IReadOnlyList<Example> ReadWith(DataFiles files, CustomTemplate template, int? limit = null, SplitPlan? split = null) =>
        [.. StreamWith(files, template, limit, split)];

    /// <summary>Items of a task that a template of the spec's own asks: the prompt written out, and what the answer is judged by.</summary>
    /// <param name="columns">The task's columns: a prompt of one column takes the task's, one of several takes them by their names;
    /// without a response column the template's response is written out.</param>
    /// <exception cref="DataException">A file cannot be read, or lacks a column.</exception>
    public static IReadOnlyList<Example> ReadItems(
        DataFiles files, CustomTemplate template, ColumnMap columns, int? limit = null, SplitPlan? split = null) =>
        [.. Chosen(files, Objects(files, [.. template.Columns, .. Columns.Names(columns)], row => JsonRow.Item(row, template, columns)), limit, split)];

    /// <summary>The rows of a generator of the project.</summary>
    /// <inheritdoc cref="Stream(IExampleSource, int, int?, SplitPlan?)"/>
    public static IReadOnlyList<Example> Read(IExampleSource source, int seed, int? limit = null, SplitPlan? split = null) =>
        [.. Stream(source, seed, limit, split)];

    /// <summary>As Read, a row at a time: for what keeps no row, such as an encoder.</summary>
    /// <param name="files">A file, a folder with data files, or a glob; or several of them.</param>
    /// <param name="columns">Where prompt and response, or the text, are; an empty map takes the first known set (docs/data.md).</param>
    /// <param name="limit">How many rows to take, from the first; null: all.</param>
    /// <param name="separator">What stands between two texts of a .txt file; null: a line each.</param>
    /// <param name="split">The part of the rows that is taken; null: all.</param>
    /// <exception cref="DataException">A file cannot be read, or, while it is read, a row is not as expected or there is none; file and line are named.</exception>
    public static IEnumerable<Example> Stream(DataFiles files, ColumnMap columns, int? limit = null, string? separator = null, SplitPlan? split = null)
    {
        var paths = DataPaths.Of(files);
        foreach (var file in paths)
        {
            if (Misfit(file, columns, separator) is { } problem) throw new DataException($"{file}: {problem}");
        }
        var rows = paths.SelectMany(file => DataFormat.Of(file) == ".txt"
            ? RowReader.Texts(file, separator).Select(row => new Example("", row.Text))
            : Objects(file, columns));
        return Chosen(files, rows, limit, split);
    }

    /// <summary>As ReadWith, a row at a time.</summary>
    /// <exception cref="DataException">A file cannot be read, or lacks a column that the template names.</exception>
    public static IEnumerable<Example> StreamWith(DataFiles files, CustomTemplate template, int? limit = null, SplitPlan? split = null) =>
        Chosen(files, Objects(files, [.. template.Columns], row => JsonRow.Example(row, template)), limit, split);

    /// <summary>As Read of a generator, a row at a time.</summary>
    /// <exception cref="DataException">There are none.</exception>
    public static IEnumerable<Example> Stream(IExampleSource source, int seed, int? limit = null, SplitPlan? split = null)
    {
        var name = source.GetType().FullName!;
        RefuseLimit(name, limit);
        return OrElse(
            Part(source.Examples(seed), split).Take(limit ?? int.MaxValue), $"{name} made no example with seed {seed}; expected at least one.");
    }

    private static IEnumerable<Example> Chosen(DataFiles files, IEnumerable<Example> rows, int? limit, SplitPlan? split)
    {
        RefuseLimit(files.ToString(), limit);
        return OrElse(Part(rows, split).Take(limit ?? int.MaxValue), split is null
            ? $"{files}: there is no row in the file; expected at least one."
            : $"{files}: no row is in this part of the split (held_out {split.HeldOut}); use another share or seed, or more rows.");
    }

    private static IEnumerable<Example> OrElse(IEnumerable<Example> rows, string nothing)
    {
        var any = false;
        foreach (var row in rows)
        {
            any = true;
            yield return row;
        }
        if (!any) throw new DataException(nothing);
    }

    private static IEnumerable<Example> Part(IEnumerable<Example> rows, SplitPlan? split) =>
        split is null ? rows : rows.Index().Where(row => RowSplit.Takes(split, row.Index)).Select(row => row.Item with { Number = row.Index + 1 });

    private static string? Misfit(string path, ColumnMap columns, string? separator)
    {
        var format = DataFormat.Of(path);
        if (!DataFormat.IsKnown(path) && !Directory.Exists(path))
            return $"data files end in {DataFormat.Endings}; found \"{Path.GetExtension(path)}\". Convert the file, for example to JSON lines.";
        if (separator is not null && format != ".txt")
            return $"a separator stands between the texts of a .txt file; remove it for {format}.";
        if (separator is "")
            return "the separator is empty; give the text between two texts, or leave it out for a text a line.";
        if (format == ".txt" && columns != new ColumnMap())
            return "a .txt file has no columns; remove `columns`, or use JSON lines.";
        return null;
    }

    private static IEnumerable<Example> Objects(DataFiles files, string[] named, Func<Row, Example> take)
    {
        foreach (var file in DataPaths.Of(files))
        {
            if (!DataFormat.IsKnown(file) || DataFormat.Of(file) == ".txt")
                throw new DataException($"{file}: a template with {{column}} needs a file with columns, such as JSON lines or CSV.");
            foreach (var row in RowReader.Objects(file, found => Columns.Wanted(named, found))) yield return take(row);
        }
    }

    private static IEnumerable<Example> Objects(string path, ColumnMap given)
    {
        ColumnMap? chosen = null;
        foreach (var row in RowReader.Objects(path, found => Columns.Wanted(path, given, found)))
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
