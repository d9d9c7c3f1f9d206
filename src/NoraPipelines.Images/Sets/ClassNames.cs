using System.Text;
using NoraPipelines.Data;

namespace NoraPipelines.Images;

/// <summary>The names of classes and their place in prompts.</summary>
public static class ClassNames
{
    private const long MostBytes = 1 << 24;
    private const string Place = "{}";

    /// <summary>What a template says of a class: its one {} becomes the name, in which "_" is a space. Braces of the name are left alone.</summary>
    /// <exception cref="DataException">The template has no {}, or more than one.</exception>
    public static string Prompt(string template, string name)
    {
        var at = template.IndexOf(Place, StringComparison.Ordinal);
        if (at < 0 || template.IndexOf(Place, at + Place.Length, StringComparison.Ordinal) >= 0)
            throw new DataException($"The template \"{template}\" has {(at < 0 ? "no" : "more than one")} {Place}; expected one, for the name of a class.");
        return $"{template[..at]}{name.Replace('_', ' ')}{template[(at + Place.Length)..]}";
    }

    /// <summary>A file with the name of each class, a line each in the order of the classes.</summary>
    /// <exception cref="DataException">The file cannot be read, is no UTF-8, or has another number of names.</exception>
    internal static IReadOnlyList<string> Read(string path, IReadOnlyList<string> classes)
    {
        var lines = Text(path).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        var blank = Array.FindIndex(lines, string.IsNullOrWhiteSpace);
        if (blank >= 0) throw new DataException($"{path}:{blank + 1}: the line is blank; expected the name of a class in each.");
        if (lines.Length != classes.Count)
        {
            throw new DataException($"{path}: there are {Sizes.Count(lines.Length)} names; expected {Sizes.Count(classes.Count)}, a line for each class in the order of the "
                + $"classes ({classes[0]}, …, {classes[^1]}).");
        }
        return [.. lines.Select(line => line.Trim())];
    }

    /// <summary>A text file as a whole.</summary>
    internal static string Text(string path, long mostBytes = MostBytes)
    {
        try
        {
            if (Directory.Exists(path)) throw new DataException($"{path} is a folder, expected a file.");
            if (!File.Exists(path)) throw new DataException($"{path}: there is no such file.");
            if (new FileInfo(path).Length is var bytes && bytes > mostBytes)
                throw new DataException($"{path}: the file has {Sizes.Bytes(bytes)}; expected at most {Sizes.Bytes(mostBytes)}.");
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException broken)
        {
            throw new DataException($"{path}: byte {broken.Index + 1} is no UTF-8; expected UTF-8.", broken);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path} cannot be read: {refused.Message}", refused);
        }
    }
}
