using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using NoraPipelines.Disk;

namespace NoraPipelines.Tokenization;

/// <summary>Opens a tokenizer's files; what the file system or the JSON reader has to say becomes a <see cref="TokenizerException"/>.</summary>
internal static class TokenizerFile
{
    /// <summary>The largest published tokenizer.json has some 35 MB; more than this is not one.</summary>
    private const long LargestFile = 512L << 20;

    /// <summary>Whether a file that may be missing is there.</summary>
    /// <exception cref="TokenizerException">A folder has its name.</exception>
    public static bool IsThere(string path) => Reading(path, () => OptionalFile.Exists(path));

    public static byte[] ReadBytes(string path) => Reading(path, () =>
    {
        var length = new FileInfo(path).Length;
        return length <= LargestFile ? File.ReadAllBytes(path) : throw new TokenizerException(
            $"{path} has {length:N0} bytes; a tokenizer has at most {LargestFile:N0}. Is it another file under this name?");
    });

    /// <summary>A file of lines.</summary>
    public static string ReadText(string path) => Encoding.UTF8.GetString(Utf8Of(path, ReadBytes(path)).Span);

    /// <summary>The caller disposes the document when everything is read from it.</summary>
    /// <param name="uniqueKeys">Whether an object that has a key twice is refused.</param>
    public static JsonDocument ReadJson(string path, bool uniqueKeys = false)
    {
        try
        {
            var bytes = ReadBytes(path).AsMemory();
            if (bytes.Length > 0 && FileKind.Mistaken(bytes.Span) is { } mistaken) throw new TokenizerException($"{path}: {mistaken}");
            bytes = Utf8Of(path, bytes);
            JsonText.Check(bytes.Span);
            return JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = !uniqueKeys });
        }
        catch (JsonException e)
        {
            throw new TokenizerException(
                $"{path} is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine}: {e.Message}). "
                + "It is truncated or damaged: copy it from the model's publisher again.", e);
        }
    }

    private static T Reading<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerException($"{path} cannot be read: {e.Message} Check the path and the file's permissions.", e);
        }
    }

    /// <summary>Without a byte order mark.</summary>
    private static Memory<byte> Utf8Of(string path, Memory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.StartsWith(Encoding.Unicode.Preamble) || span.StartsWith(Encoding.BigEndianUnicode.Preamble) || span is [not 0, 0, ..] or [0, not 0, ..])
            throw new TokenizerException($"{path} is written in UTF-16, expected UTF-8. Save it as UTF-8, or copy it from the model's publisher again.");
        if (!Utf8.IsValid(span))
            throw new TokenizerException($"{path} is not valid UTF-8. It is damaged: copy it from the model's publisher again.");
        return span.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
    }
}
