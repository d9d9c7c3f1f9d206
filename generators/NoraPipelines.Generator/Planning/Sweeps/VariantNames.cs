using System.Text;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning.Sweeps;

/// <summary>
/// Names of the variants that axes make, of what is different among them: awsvd, lora-r64, lr1e-3. Words stand for themselves, numbers
/// behind a short form of their key.
/// </summary>
internal static class VariantNames
{
    private const int Longest = 64;

    /// <summary>A name for each combination, different in more than case, that may be a folder's.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<Combination> combinations, SweepSpec sweep)
    {
        var varied = sweep.Axes.Where(axis => axis.Values.Count > 1).ToList();
        if (varied.Count == 0) varied = [.. sweep.Axes];
        var prefixes = varied.ToDictionary(axis => axis.Path, axis => Prefix(axis.Path, varied));
        var taken = new HashSet<string>(combinations.Select(combination => combination.Name).OfType<string>(), StringComparer.OrdinalIgnoreCase);
        return [.. combinations.Select(combination => combination.Name ?? Unique(taken, Name(combination, varied, prefixes)))];
    }

    private static string Name(Combination combination, IReadOnlyList<SweepAxis> varied, Dictionary<string, string> prefixes)
    {
        var pieces = from axis in varied
                     let change = combination.Asked.FirstOrDefault(change => change.Path == axis.Path)
                     where change is not null
                     select Piece(change.Value, prefixes[axis.Path], axis);
        var name = string.Join("-", pieces.Where(piece => piece.Length > 0));
        if (name.Length > Longest) name = name.Substring(0, Longest).TrimEnd('-', '.');
        return name.Length == 0 || !IsLetterOrDigit(name[0]) ? "v" + name : name;
    }

    private static string Piece(SpecNode value, string prefix, SweepAxis axis) => value switch
    {
        ScalarNode { IsNull: true } => "no-" + prefix,
        ScalarNode scalar when ScalarReader.Switch(scalar) is { } flag => (flag ? "" : "no-") + LastKey(axis.Path),
        ScalarNode scalar when ScalarReader.Number(scalar) is not null => prefix + Safe(scalar.Text),
        ScalarNode scalar => Safe(Ending(scalar.Text)) is { Length: > 2 } word ? word : LastKey(axis.Path) + "-" + Safe(scalar.Text),
        ListNode list when list.Items.Count is > 0 and <= 4 && list.Items.All(item => item is ScalarNode) =>
            (list.Items.All(item => ScalarReader.IsText((ScalarNode)item)) ? "" : prefix) + string.Join("+", list.Items.Select(item => Safe(SpecTree.Text(item)))),
        _ => LastKey(axis.Path) + (axis.Values.ToList().IndexOf(value) + 1),
    };

    /// <summary>learning_rate → lr, rank → r; outer-r and inner-r where both are swept.</summary>
    private static string Prefix(string path, IReadOnlyList<SweepAxis> axes)
    {
        var brief = Short(path);
        if (axes.Count(axis => Short(axis.Path) == brief) == 1) return brief;
        var parts = path.Split('.');
        return parts.Length > 1 ? parts[parts.Length - 2] + "-" + brief : brief;
    }

    private static string Short(string path)
    {
        var key = LastKey(path);
        if (key == "rank") return "r";
        return key.IndexOf('_') < 0 ? key : string.Concat(key.Split('_').Where(word => word.Length > 0).Select(word => word[0]));
    }

    private static string LastKey(string path) => path.Substring(path.LastIndexOf('.') + 1);

    /// <summary>Of a path its last part.</summary>
    private static string Ending(string text) => text.TrimEnd('/').Substring(text.TrimEnd('/').LastIndexOf('/') + 1);

    private static string Safe(string text)
    {
        var safe = new StringBuilder();
        foreach (var letter in text) safe.Append(IsLetterOrDigit(letter) || letter is '_' or '.' or '+' or '=' or '-' ? letter : '-');
        return safe.ToString().Trim('-', '.');
    }

    private static bool IsLetterOrDigit(char letter) => letter is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9');

    private static string Unique(HashSet<string> taken, string name)
    {
        var unique = name;
        for (var number = 2; !taken.Add(unique); number++) unique = $"{name}-{number}";
        return unique;
    }
}
