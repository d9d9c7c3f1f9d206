using System.Text;
using System.Text.Json;
using NoraPipelines.Data;
using NoraPipelines.Disk;

namespace NoraPipelines.Images;

/// <summary>
/// The files split_zhou_….json of CoOp: <c>{"train": [[path, label, class name], …], "val": …, "test": …}</c>. Classes are in the order of their labels;
/// labels with gaps are numbered anew in that order.
/// </summary>
internal static class SplitFile
{
    private const long MostBytes = 1 << 28;
    private static readonly string[] Parts = ["train", "val", "test"];

    private sealed record Row(string Path, int Label, string Name);

    /// <param name="images">The folder that the paths are below.</param>
    public static ImageSet Read(string path, string images)
    {
        var parts = Rows(path);
        if (parts["train"].Count == 0) throw new DataException($"{path}: there is no row in `train`; expected at least one.");
        var names = Names(path, parts);
        var numbers = names.Keys.Select((label, number) => (label, number)).ToDictionary(pair => pair.label, pair => pair.number);
        LabelledImage[] Images(string part) => [.. parts[part].Select(row => new LabelledImage(images, row.Path, numbers[row.Label]))];
        return new ImageSet
        {
            Classes = [.. names.Values],
            Train = Images("train"),
            Validation = Images("val"),
            Test = Images("test"),
            Warnings = [.. Warnings(path, parts, names)],
        };
    }

    private static Dictionary<string, IReadOnlyList<Row>> Rows(string path)
    {
        var json = Encoding.UTF8.GetBytes(ClassNames.Text(path, MostBytes));
        try
        {
            JsonText.Check(json);
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw Unexpected(path, "the file", root, "an object with `train`, `val` and `test`");
            if (root.EnumerateObject().Select(part => part.Name).FirstOrDefault(name => !Parts.Contains(name)) is { } unknown)
                throw new DataException($"{path}: there is a part `{unknown}`; expected `train`, `val` and `test`.");
            return Parts.ToDictionary(part => part, part => root.TryGetProperty(part, out var rows) ? Rows(path, part, rows) : []);
        }
        catch (JsonException broken)
        {
            throw new DataException($"{path}: the file is no JSON: {broken.Message}", broken);
        }
    }

    private static IReadOnlyList<Row> Rows(string path, string part, JsonElement rows) => rows.ValueKind == JsonValueKind.Array
        ? [.. rows.EnumerateArray().Select((row, i) => RowOf(path, $"{part}[{i}]", row))]
        : throw Unexpected(path, $"`{part}`", rows, "a list of rows");

    private static Row RowOf(string path, string where, JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Array || row.GetArrayLength() != 3) throw Unexpected(path, where, row, "[path, label, class name]");
        if (row[0].ValueKind != JsonValueKind.String) throw Unexpected(path, $"the path of {where}", row[0], "a text");
        if (row[1].ValueKind != JsonValueKind.Number || !row[1].TryGetInt32(out var label) || label < 0) throw Unexpected(path, $"the label of {where}", row[1], "a whole number from 0");
        if (row[2].ValueKind != JsonValueKind.String || string.IsNullOrWhiteSpace(row[2].GetString())) throw Unexpected(path, $"the class name of {where}", row[2], "a text");
        var image = row[0].GetString()!;
        return InFolder.IsBelow(image) ? new Row(image, label, row[2].GetString()!)
            : throw Unexpected(path, $"the path of {where}", row[0], "a path below the folder of the images, with \"/\" between its parts");
    }

    /// <summary>The name of each label, by label.</summary>
    private static SortedDictionary<int, string> Names(string path, Dictionary<string, IReadOnlyList<Row>> parts)
    {
        var names = new SortedDictionary<int, string>();
        foreach (var part in Parts)
        {
            for (var i = 0; i < parts[part].Count; i++)
            {
                var row = parts[part][i];
                if (names.TryAdd(row.Label, row.Name) || names[row.Label] == row.Name) continue;
                throw new DataException($"{path}: {part}[{i}] calls the label {row.Label} \"{row.Name}\", an earlier row calls it \"{names[row.Label]}\"; expected one name for a label.");
            }
        }
        return names;
    }

    private static IEnumerable<string> Warnings(string path, Dictionary<string, IReadOnlyList<Row>> parts, SortedDictionary<int, string> names)
    {
        if (names.Keys.Last() is var last && last >= names.Count)
        {
            var gap = Enumerable.Range(0, last).First(label => !names.ContainsKey(label));
            yield return $"{path}: labels go up to {last} and {Sizes.Count(names.Count)} of them occur, {gap} does not: the classes are numbered from 0 in the order of their labels.";
        }
        foreach (var same in names.Values.CountBy(name => name).Where(pair => pair.Value > 1).Take(1))
            yield return $"{path}: {same.Value} labels are called \"{same.Key}\": their prompts are the same.";
        foreach (var part in Parts)
        {
            var twice = parts[part].CountBy(row => row.Path).Where(pair => pair.Value > 1).ToList();
            if (twice.Count > 0) yield return $"{path}: {Several(twice.Count, "image stands", "images stand")} more than once in `{part}`, the first is {twice[0].Key}. Each row counts.";
        }
        var elsewhere = parts["train"].Select(row => row.Path).ToHashSet();
        foreach (var part in (string[])["val", "test"])
        {
            var seen = parts[part].Where(row => elsewhere.Contains(row.Path)).ToList();
            if (seen.Count > 0) yield return $"{path}: {Several(seen.Count, "image", "images")} of `{part}` can be trained on too, the first is {seen[0].Path}.";
        }
        var labels = new Dictionary<string, int>();
        var torn = Parts.SelectMany(part => parts[part]).Where(row => !labels.TryAdd(row.Path, row.Label) && labels[row.Path] != row.Label).ToList();
        if (torn.Count > 0) yield return $"{path}: {Several(torn.Count, "row gives", "rows give")} an image another class than an earlier row, the first is of {torn[0].Path}.";
    }

    private static string Several(int count, string one, string many) => $"{Sizes.Count(count)} {(count == 1 ? one : many)}";

    private static DataException Unexpected(string path, string what, JsonElement found, string expected) =>
        new($"{path}: {what} is {JsonText.Shown(found)}; expected {expected}.");
}
