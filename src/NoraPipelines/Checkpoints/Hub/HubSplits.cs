using System.Globalization;
using System.Text.RegularExpressions;
using NoraPipelines.Plans;

namespace NoraPipelines.Checkpoints.Hub;

/// <summary>
/// Finds the files of a split by their names, as the hub's data sets are usually laid out: train.jsonl, data/train-00000-of-00002.parquet,
/// train/part.csv, main/test-00000-of-00001.parquet. A guess is never made: what is ambiguous is told with what is there.
/// </summary>
internal static partial class HubSplits
{
    private const int MostNamed = 12;

    // The words that data sets' file names have for a split (datasets, data_files.py).
    private static readonly string[][] Words =
    [
        ["train", "training"], ["validation", "valid", "val", "dev"], ["test", "testing", "eval", "evaluation"],
    ];

    /// <param name="split">train, test, …; before it, a folder of the repository: main/train.</param>
    /// <param name="listed">The repository's paths.</param>
    /// <returns>Paths in the order of their names; at least one.</returns>
    /// <exception cref="HubException">There is no such split, several sets of files hold it, or one of its parts is missing.</exception>
    public static IReadOnlyList<string> Files(HubRepository repository, string split, IReadOnlyCollection<string> listed)
    {
        var slash = split.LastIndexOf('/');
        var (folder, name) = slash < 0 ? ("", split) : (split[..slash], split[(slash + 1)..]);
        string[] data = [.. listed.Where(IsData).Order(StringComparer.Ordinal)];
        string[] names = Words.FirstOrDefault(words => words.Contains(name)) ?? [name];
        // Its own word first: a repository may have both test and eval.
        var found = Matching(data, folder, [name]);
        if (found.Length == 0) found = Matching(data, folder, names);
        if (found.Length == 0)
        {
            throw new HubException($"{repository}: no file's name says that it is of the split '{split}'. {Offer(data)} "
                + "Name one with file, or another split.");
        }
        var groups = found.GroupBy(path => (Set: Set(path, names), Format: DataFormat.Of(path))).ToArray();
        if (groups.Length > 1)
        {
            throw new HubException($"{repository}: several sets of files hold the split '{split}': "
                + $"{string.Join("; ", groups.Take(MostNamed).Select(Describe))}. Name the folder before it, such as split: main/{name}, or all of the split's name, such as {name}_full, or one file with file.");
        }
        CheckParts(repository, split, found);
        return found;
    }

    private static bool IsData(string path) =>
        HubPaths.IsInside(path) && DataFormat.IsKnown(path) && !path.Split('/').Any(part => part.StartsWith('.'));

    private static string[] Matching(string[] data, string folder, string[] names) => [.. data
        .Where(path => folder.Length == 0 || path.StartsWith(folder + "/", StringComparison.Ordinal))
        .Where(path => names.Any(name => Says(path, name)))];

    /// <summary>Whether a folder is called so, or the file's name has the word between its ends and . - _ or digits.</summary>
    private static bool Says(string path, string word)
    {
        var parts = path.Split('/');
        if (parts[..^1].Contains(word)) return true;
        var stem = Stem(parts[^1]);
        for (var at = stem.IndexOf(word, StringComparison.Ordinal); at >= 0; at = stem.IndexOf(word, at + 1, StringComparison.Ordinal))
            if (!IsLetter(at - 1) && !IsLetter(at + word.Length)) return true;
        return false;

        bool IsLetter(int at) => at >= 0 && at < stem.Length && char.IsLetter(stem[at]);
    }

    /// <summary>What a file's name has in common with the other parts of its set: its folder, and its name without the part's number.</summary>
    private static string Set(string path, string[] names)
    {
        var folder = Folder(path);
        // A folder of the split's own name holds its parts under any names.
        if (folder.Split('/').Any(names.Contains)) return folder;
        return folder + "/" + PartNumber().Replace(Stem(path[(folder.Length == 0 ? 0 : folder.Length + 1)..]), "");
    }

    private static void CheckParts(HubRepository repository, string split, string[] found)
    {
        var counts = found.Select(path => PartOf().Match(path)).Where(match => match.Success)
            .Select(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)).Distinct().ToArray();
        if (counts.Length == 0 || (counts.Length == 1 && counts[0] == found.Length)) return;
        throw new HubException($"{repository}: the split '{split}' says that it has {string.Join(" or ", counts)} parts, and {found.Length} are "
            + $"listed: {string.Join(", ", found.Take(MostNamed))}. Use another revision, or name the file.");
    }

    private static string Describe(IEnumerable<string> group)
    {
        string[] paths = [.. group];
        return paths.Length == 1 ? paths[0] : $"{paths[0]} and {paths.Length - 1} more";
    }

    private static string Offer(string[] data) => data.Length == 0
        ? $"It holds no data file; expected files that end in {DataFormat.Endings}."
        : $"It holds: {string.Join(", ", data.Take(MostNamed))}{(data.Length > MostNamed ? $", and {data.Length - MostNamed} more" : "")}.";

    private static string Folder(string path) => path.LastIndexOf('/') is >= 0 and var slash ? path[..slash] : "";

    /// <summary>A file's name without its ending, .jsonl.gz and the like whole.</summary>
    private static string Stem(string name) =>
        name.IndexOf('.') is > 0 and var dot && DataFormat.IsKnown("x" + name[dot..]) ? name[..dot] : Path.GetFileNameWithoutExtension(name);

    // Older data sets have a hash behind the number.
    [GeneratedRegex(@"[-_.]?\d{1,6}-of-\d{1,6}.*$|[-_.]?\d{1,6}$")]
    private static partial Regex PartNumber();

    [GeneratedRegex(@"\d{1,6}-of-(\d{1,6})[^/]*$")]
    private static partial Regex PartOf();
}
