using NoraPipelines.Data;

namespace NoraPipelines.Images;

/// <summary>
/// A folder for each class, below <c>train</c>, <c>val</c> and <c>test</c> or directly in the data set's: then all rows are in <see cref="ImageSet.Train"/>. Classes and files
/// are in ordinal order. Every picture counts; the lists of CLIP-LoRA and Tip-Adapter pass over names with "sh" in them.
/// </summary>
internal static class ClassFolders
{
    private static readonly string[] Endings = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"];
    private static readonly string[] ValidationNames = ["val", "valid", "validation"];

    public static ImageSet Read(string folder)
    {
        var top = Folders(folder, folder);
        var unread = new SortedDictionary<string, int>(StringComparer.Ordinal);
        if (!top.Contains("train"))
        {
            if (top.FirstOrDefault(name => name is "test" || ValidationNames.Contains(name)) is { } part)
                throw new DataException($"{folder}: there is a folder {part} and none train; expected train/<class>/…, or a folder for each class.");
            return Set(Rows(folder, "", Classes(folder, top), unread), top, [], [], folder, unread);
        }
        var classes = Classes(Path.Combine(folder, "train"), Folders(folder, Path.Combine(folder, "train")));
        string[] validation = [.. ValidationNames.Where(top.Contains)];
        if (validation.Length > 1) throw new DataException($"{folder}: there are folders {string.Join(" and ", validation)}; expected one of them.");
        var train = Rows(folder, "train/", classes, unread);
        return Set(train, classes, validation is [var name] ? Part(folder, name, classes, unread) : [], top.Contains("test") ? Part(folder, "test", classes, unread) : [], folder, unread);
    }

    private static ImageSet Set(IReadOnlyList<LabelledImage> train, IReadOnlyList<string> classes, IReadOnlyList<LabelledImage> validation,
        IReadOnlyList<LabelledImage> test, string folder, SortedDictionary<string, int> unread) => new()
        {
            Classes = classes,
            Train = train,
            Validation = validation,
            Test = test,
            Warnings = unread.Count == 0 ? []
            : [$"{folder}: not read: {string.Join(", ", unread.Take(5).Select(kind => $"{kind.Key} ({Sizes.Count(kind.Value)})"))}{(unread.Count > 5 ? ", …" : "")}. "
                + $"Images end in {string.Join(", ", Endings)}."],
        };

    private static IReadOnlyList<LabelledImage> Part(string folder, string part, IReadOnlyList<string> classes, SortedDictionary<string, int> unread)
    {
        var own = Folders(folder, Path.Combine(folder, part));
        if (own.FirstOrDefault(name => !classes.Contains(name)) is { } stranger)
            throw new DataException($"{Path.Combine(folder, part, stranger)}: there is no class of that name in train; expected {Shown(classes)}.");
        return Rows(folder, $"{part}/", classes, unread, own);
    }

    private static List<LabelledImage> Rows(string folder, string part, IReadOnlyList<string> classes, SortedDictionary<string, int> unread, IReadOnlyList<string>? own = null)
    {
        var rows = new List<LabelledImage>();
        for (var label = 0; label < classes.Count; label++)
        {
            if (own?.Contains(classes[label]) == false) continue;
            var path = Path.Combine(folder, part, classes[label]);
            var files = InFolder.Guard(path, () => Directory.GetFileSystemEntries(path)).Select(file => Path.GetFileName(file)).Where(IsShown).ToLookup(IsImage);
            foreach (var other in files[false].Select(file => Path.GetExtension(file) is { Length: > 0 } ending ? ending : file))
                unread[other] = unread.GetValueOrDefault(other) + 1;
            var before = rows.Count;
            rows.AddRange(files[true].Order(StringComparer.Ordinal).Select(file => new LabelledImage(folder, $"{part}{classes[label]}/{file}", label)));
            if (rows.Count == before) throw new DataException($"{path}: the folder of a class holds no image; expected files that end in {string.Join(", ", Endings)}.");
        }
        return rows;
    }

    private static IReadOnlyList<string> Classes(string folder, IReadOnlyList<string> names) => names.Count > 0 ? names
        : throw new DataException($"{folder}: there is no folder for a class, and no split_zhou_….json; expected <class>/<image>, or train/<class>/<image>.");

    private static List<string> Folders(string home, string folder)
    {
        InFolder.Check(home, folder);
        List<string> names = [.. InFolder.Guard(folder, () => Directory.GetDirectories(folder)).Select(path => Path.GetFileName(path)).Where(IsShown).Order(StringComparer.Ordinal)];
        foreach (var name in names) InFolder.Check(home, Path.Combine(folder, name));
        return names;
    }

    private static bool IsShown(string name) => !name.StartsWith('.');

    private static bool IsImage(string name) => Endings.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    private static string Shown(IReadOnlyList<string> classes) => string.Join(", ", classes.Take(5)) + (classes.Count > 5 ? $", … ({classes.Count} classes)" : "");
}
