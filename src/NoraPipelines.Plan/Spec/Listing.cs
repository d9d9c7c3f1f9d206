namespace NoraPipelines.Plans;

/// <summary>Several things in a sentence.</summary>
internal static class Listing
{
    /// <summary>a, b or c.</summary>
    public static string Or(IEnumerable<string> items) => Join(items.ToList(), "or");

    /// <summary>a, b and c.</summary>
    public static string And(IEnumerable<string> items) => Join(items.ToList(), "and");

    /// <summary>The first of several, and how many more there are: a; b; and 3 more.</summary>
    public static string Shown(IReadOnlyList<string> items, int most) =>
        string.Join("; ", items.Take(most)) + (items.Count > most ? $"; and {items.Count - most} more" : "");

    private static string Join(IReadOnlyList<string> items, string last) =>
        items.Count < 2 ? string.Concat(items) : $"{string.Join(", ", items.Take(items.Count - 1))} {last} {items[items.Count - 1]}";
}
