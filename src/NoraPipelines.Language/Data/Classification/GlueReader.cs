using System.Globalization;
using NoraPipelines.Plans;

namespace NoraPipelines.Data;

/// <summary>
/// Reads the rows of a task of GLUE, from the benchmark's own .tsv files or from .jsonl, .json, .csv and .parquet files with the columns of
/// the `glue` data set on the hub. A class is given by its name or its number; the label of stsb is a number from 0 to 5.
/// </summary>
public static class GlueReader
{
    private const float HighestScore = 5;

    /// <param name="limit">How many rows to take, from the first; null: all.</param>
    /// <param name="say">Gets a sentence where rows were broken and passed over; null: nobody listens.</param>
    /// <exception cref="DataException">The file cannot be read, lacks a column of the task, or holds a label that is none of the task's;
    /// file and line are named.</exception>
    public static IReadOnlyList<LabelledText> Read(DataFiles files, GlueTask task, int? limit = null, Action<string>? say = null)
    {
        if (limit < 1) throw new DataException($"{files}: the limit is {limit}; expected at least 1, or none for all rows.");
        var brokenRows = 0;
        var columns = GlueTasks.Of(task);
        var found = new List<LabelledText>();
        foreach (var row in DataPaths.Of(files).SelectMany(file => Rows(file, columns, () => brokenRows++)).Take(limit ?? int.MaxValue))
            found.Add(Text(row, columns, task));
        if (found.Count == 0) throw new DataException($"{files}: there is no row in the file; expected at least one.");
        if (brokenRows > 0) say?.Invoke($"{files}: {brokenRows} rows have fewer columns than the header and were passed over.");
        return found;
    }

    private static IEnumerable<NamedRow> Rows(string path, ClassificationTask task, Action broken) => DataFormat.Of(path) switch
    {
        ".tsv" => Tabs(path, broken),
        ".jsonl" or ".ndjson" or ".json" or ".csv" or ".parquet" => JsonObjectRows.Read(RowReader.Objects(path, found => Wanted(task, found))),
        _ when Directory.Exists(path) || !File.Exists(path) => Tabs(path, broken), // says what is there instead
        var other => throw new DataException($"{path}: rows with labels are read from files that end in {DataFormat.EndingsWithColumns}; found "
            + $"\"{other}\". Convert the file."),
    };

    private static IReadOnlyCollection<string> Wanted(ClassificationTask task, IReadOnlyList<string> found)
    {
        string?[] named = [.. new[] { task.First, task.Second, task.Label }.Where(names => names.Count > 0).Select(names => names.FirstOrDefault(found.Contains))];
        return named.Contains(null) ? found : [.. named.OfType<string>().Distinct()];
    }

    private static IEnumerable<NamedRow> Tabs(string path, Action broken)
    {
        using var window = DataFile.Open(path);
        using var rows = TabRows.Read(window, broken).GetEnumerator();
        while (DataFile.Guard(path, rows.MoveNext)) yield return rows.Current;
    }

    private static LabelledText Text(NamedRow row, ClassificationTask task, GlueTask name) => new(
        Value(row, task.First, name), task.Second.Count == 0 ? null : Value(row, task.Second, name), Label(row, task, name));

    private static string Value(NamedRow row, EquatableArray<string> names, GlueTask task)
    {
        foreach (var name in names)
            if (row.Columns.TryGetValue(name, out var value)) return value;
        throw row.Row.Error($"there is no column `{string.Join("` or `", names)}`, which {Words.Of(task)} needs. Columns found: "
            + $"{string.Join(", ", row.Columns.Keys.Take(20).Select(found => $"`{found}`"))}. Use the files of that task, or rename the columns.");
    }

    private static float Label(NamedRow row, ClassificationTask task, GlueTask name)
    {
        var text = Value(row, task.Label, name).Trim();
        var isNumber = float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        if (task.IsRegression)
        {
            return isNumber && number is >= 0 and <= HighestScore ? number : throw row.Row.Error(
                $"the label is \"{text}\"; expected a number from 0 to {HighestScore}.{Hint(text)}");
        }
        var index = Enumerable.Range(0, task.Classes.Count)
            .FirstOrDefault(index => string.Equals(task.Classes[index], text, StringComparison.OrdinalIgnoreCase), -1);
        if (index < 0 && isNumber && number == MathF.Floor(number) && number >= 0 && number < task.Classes.Count) index = (int)number;
        return index >= 0 ? index : throw row.Row.Error(
            $"the label is \"{text}\"; expected {string.Join(", ", task.Classes)}, or a number from 0 to {task.Classes.Count - 1}.{Hint(text)}");
    }

    private static string Hint(string label) => label == "-1" ? " The test files of GLUE have no labels: use those for validation." : "";
}
