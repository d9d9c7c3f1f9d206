namespace NoraPipelines;

/// <summary>What a data file's name says about its content; `.gz` after the ending means that it is compressed.</summary>
internal static class DataFormat
{
    public const string Endings = ".jsonl, .json, .csv, .tsv, .parquet or .txt (or the like with .gz)";

    private static readonly string[] Known = [".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".txt"];

    /// <summary>The ending, in lower case, without `.gz`.</summary>
    public static string Of(string path)
    {
        var name = IsCompressed(path) ? path[..^3] : path;
        return Path.GetExtension(name).ToLowerInvariant();
    }

    public static bool IsCompressed(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    public static bool IsKnown(string path) => Known.Contains(Of(path)) && !(IsCompressed(path) && Of(path) == ".parquet");
}
