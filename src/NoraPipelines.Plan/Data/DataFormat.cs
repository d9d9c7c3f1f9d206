namespace NoraPipelines.Plans;

/// <summary>What a data file's name says about its content; `.gz` after the ending means that it is compressed.</summary>
internal static class DataFormat
{
    private const string Text = ".txt";

    /// <summary>Formats whose rows have columns; .ndjson is another name of .jsonl, which sentences leave out.</summary>
    private static readonly string[] Tables = [".jsonl", ".json", ".csv", ".tsv", ".parquet"];

    private static readonly string[] Known = [.. Tables, ".ndjson", Text];

    /// <summary>Of all formats, without compression: .jsonl, .json, .csv, .tsv, .parquet or .txt.</summary>
    public static string Uncompressed { get; } = Listing.Or([.. Tables, Text]);

    /// <summary>Of all formats, for sentences.</summary>
    public static string Endings { get; } = Uncompressed + " (or the like with .gz)";

    /// <summary>Of the formats whose rows have columns, for sentences: what classifiers learn from.</summary>
    public static string EndingsWithColumns { get; } = Listing.Or(Tables) + " (or the like with .gz)";

    /// <summary>The ending, in lower case, without `.gz`.</summary>
    public static string Of(string path)
    {
        var name = IsCompressed(path) ? path.Substring(0, path.Length - 3) : path;
        var dot = name.LastIndexOf('.');
        return dot <= name.LastIndexOfAny(['/', '\\']) ? "" : name.Substring(dot).ToLowerInvariant();
    }

    public static bool IsCompressed(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether its rows are texts without columns.</summary>
    public static bool IsText(string path) => Of(path) == Text;

    public static bool IsKnown(string path) => Known.Contains(Of(path)) && !(IsCompressed(path) && Of(path) == ".parquet");
}
