using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning.Sweeps;

/// <summary>Which keys of a spec its variants may have otherwise.</summary>
internal static class SweptKeys
{
    private static readonly Lazy<IReadOnlyList<string>> Paths = new(() =>
        [.. Keys.Paths.Where(path => path != "sweep" && !path.StartsWith("sweep.", StringComparison.Ordinal))]);

    /// <param name="own">The keys that this mapping has beside those of the spec.</param>
    public static bool Check(SpecEntry entry, MappingNode root, string[] own, List<SpecProblem> problems)
    {
        var path = entry.Key;
        if (Refusal(path) is { } reason)
        {
            problems.Add(new("NORA140", $"'{path}' cannot be swept: {reason}", entry.KeyPlace));
            return false;
        }
        if (Keys.Find(path) is null)
        {
            problems.Add(new("NORA002", $"'{path}' is no key of a spec{Hint(path, own)}; a sweep names keys with all of their sections, as in adapter.outer.rank",
                entry.KeyPlace));
            return false;
        }
        if (MissingItem(path, root) is { } list)
        {
            problems.Add(new("NORA140", $"'{path}' cannot be swept: the spec's {list} has no such item, and they are counted from 0", entry.KeyPlace));
            return false;
        }
        return true;
    }

    /// <summary>Two keys of one variant of which one is within the other have no order.</summary>
    public static void CheckApart(IReadOnlyList<(string Path, Place Place)> keys, List<SpecProblem> problems)
    {
        foreach (var (path, place) in keys)
            if (keys.Select(key => key.Path).FirstOrDefault(other => path.StartsWith(other + ".", StringComparison.Ordinal)) is { } outer)
                problems.Add(new("NORA140", $"'{path}' cannot be swept beside '{outer}', which it is a part of; write it into the values of '{outer}'", place));
    }

    private static string? Refusal(string path) => path.Split('.')[0] switch
    {
        "pipeline" => "the variants' names are made from the pipeline's",
        "description" => "it describes what is compared; a variant has a name",
        "sweep" => "a variant has no variants",
        "training" when path == "training" || path.Split('.')[1] == "seeds" => path == "training"
            ? "it holds the seeds, which are those of all variants; name the keys within it"
            : "every variant runs with all seeds of the spec; write them there",
        _ => null,
    };

    private static string Hint(string path, string[] own)
    {
        // rank alone is nobody's typing error: it is a key without its sections.
        var ending = Paths.Value.Where(known => known.EndsWith("." + path, StringComparison.Ordinal)).ToList();
        return ending.Count > 0 ? $" (did you mean '{string.Join("' or '", ending.Take(3))}'?)" : DidYouMean.Hint(path, Paths.Value.Concat(own));
    }

    /// <summary>The list that has no item of the path's number; null where all are there.</summary>
    private static string? MissingItem(string path, MappingNode root)
    {
        var parts = path.Split('.');
        for (var i = 1; i < parts.Length; i++)
        {
            var before = string.Join(".", parts.Take(i));
            if (Keys.Find(before)?.Item is not null && char.IsDigit(parts[i][0]) && SpecTree.Find(root, before + "." + parts[i]) is null) return before;
        }
        return null;
    }
}
