using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Tokenization;

/// <summary>Puts a tokenizer's files into a folder of their own and loads them from there.</summary>
internal sealed class TemporaryTokenizer : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("nora-tokenizer-").FullName;

    public TemporaryTokenizer With(string name, string text)
    {
        File.WriteAllText(Path.Combine(Folder, name), text);
        return this;
    }

    public TemporaryTokenizer With(string name, byte[] bytes)
    {
        File.WriteAllBytes(Path.Combine(Folder, name), bytes);
        return this;
    }

    public TextTokenizer Load() => TextTokenizer.Load(Folder);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public static TextTokenizer Json(string tokenizerJson)
    {
        using var files = new TemporaryTokenizer().With("tokenizer.json", tokenizerJson);
        return files.Load();
    }
}
