using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Data;

/// <summary>A vocabulary with a begin token, in which "hello" and " world" are one token each and other bytes themselves.</summary>
internal static class TinyTokenizer
{
    private static readonly Lazy<TextTokenizer> Shared = new(() =>
    {
        using var files = new WrittenFiles();
        var path = Path.Combine(files.Folder, "tokenizer.json");
        BpeTrainer.Train(Enumerable.Repeat("hello world", 10), 268, path);
        return TextTokenizer.Load(path);
    });

    public static TextTokenizer Instance => Shared.Value;

    /// <summary>The same without one of its special tokens' names in the files.</summary>
    public static TextTokenizer Edited(Func<string, string> edit)
    {
        using var files = new WrittenFiles();
        var path = Path.Combine(files.Folder, "tokenizer.json");
        BpeTrainer.Train(Enumerable.Repeat("hello world", 10), 268, path);
        File.WriteAllText(path, edit(File.ReadAllText(path)));
        File.Delete(Path.Combine(files.Folder, "tokenizer_config.json"));
        return TextTokenizer.Load(path);
    }
}
