namespace NoraPipelines.Tokenization;

/// <summary>Finds a model's tokenizer among its files.</summary>
internal static class TokenizerFiles
{
    public const string Vocabulary = "vocab.json";
    public const string Merges = "merges.txt";
    public const string WordPieces = "vocab.txt";

    private static readonly string[] Companions =
    [
        "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", Vocabulary, Merges, WordPieces,
        "chat_template.jinja", "chat_template.json",
    ];

    /// <returns>The absolute path of a tokenizer.json or *.model file.</returns>
    public static string Locate(string fileOrFolder)
    {
        var path = Path.GetFullPath(fileOrFolder);
        if (Directory.Exists(path)) return LocateIn(path);
        if (!File.Exists(path))
            throw new TokenizerException($"{path} does not exist; expected a tokenizer.json, a *.model file, or a folder that holds one. Check the path.");
        return path;
    }

    /// <summary>The tokenizer's own file and what belongs to it, as far as it is there.</summary>
    public static IReadOnlyList<string> Beside(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        return [.. Companions.Select(name => Path.Combine(folder, name)).Where(File.Exists).Prepend(path).Distinct()];
    }

    private static string LocateIn(string folder)
    {
        string[] names;
        try
        {
            names = [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerException($"{folder} cannot be read: {e.Message} Check the folder's permissions.", e);
        }
        if (names.Contains("tokenizer.json")) return Path.Combine(folder, "tokenizer.json");
        if (names.Contains("tokenizer.model")) return Path.Combine(folder, "tokenizer.model");
        if (names.Where(name => name.EndsWith(".model", StringComparison.Ordinal)).ToList() is [var only]) return Path.Combine(folder, only);
        if (names.Contains(Vocabulary) && names.Contains(Merges)) return Path.Combine(folder, Vocabulary);
        if (names.Contains(WordPieces)) return Path.Combine(folder, WordPieces);
        var found = names.Length == 0 ? "nothing" : string.Join(", ", names.Take(12)) + (names.Length > 12 ? ", …" : "");
        throw new TokenizerException(
            $"{folder} holds no tokenizer (found: {found}); expected tokenizer.json, tokenizer.model, a single *.model file, or "
            + "vocab.json with merges.txt, or vocab.txt. "
            + "Copy it from the model's publisher into this folder.");
    }
}
