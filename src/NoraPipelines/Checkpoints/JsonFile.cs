using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using NoraPipelines.Disk;

namespace NoraPipelines.Checkpoints;

/// <summary>Reads the small JSON files beside weights: UTF-8, a byte order mark allowed, every key once, every text Unicode, an object at the top.</summary>
internal static class JsonFile
{
    // Indexes of the largest published models have some 10 MB; a tokenizer is not read here.
    private const long Longest = 256L << 20;

    /// <exception cref="CheckpointException">The file is missing, too long, in another encoding, or no JSON object.</exception>
    public static JsonElement Read(string path)
    {
        var bytes = Bytes(path);
        var json = bytes.AsSpan();
        if (FileKind.Mistaken(json) is { } mistaken) throw new CheckpointException($"{path}: {mistaken}");
        if (json.StartsWith(Encoding.UTF8.Preamble)) json = json[3..];
        else if (json.StartsWith(Encoding.Unicode.Preamble) || json.StartsWith(Encoding.BigEndianUnicode.Preamble))
            throw new CheckpointException($"{path}: is written in UTF-16, expected UTF-8. Save it as UTF-8.");
        if (!Utf8.IsValid(json)) throw new CheckpointException($"{path}: holds bytes that are not UTF-8. Save it as UTF-8.");
        try
        {
            JsonText.Check(json);
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
            using var document = JsonDocument.Parse(bytes.AsMemory(bytes.Length - json.Length), options);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document.RootElement.Clone();
            throw new CheckpointException($"{path}: holds {document.RootElement.ValueKind}, expected a JSON object. Get the file again.");
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"{path}: is not valid JSON: {e.Message} Correct it, or get the file again.", e);
        }
    }

    /// <summary>Anything but null, false, 0, nothing and an empty text, list or object.</summary>
    public static bool IsOn(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.Number => value.GetDouble() != 0,
        JsonValueKind.String => value.GetString()!.Length > 0,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => true,
    };

    /// <summary>The same content in plain types: string, long, double, bool, dictionaries, lists.</summary>
    public static IReadOnlyDictionary<string, object?> Plain(JsonElement element) =>
        element.EnumerateObject().ToDictionary(property => property.Name, property => PlainValue(property.Value), StringComparer.Ordinal);

    private static object? PlainValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => Plain(value),
        JsonValueKind.Array => value.EnumerateArray().Select(PlainValue).ToArray(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static byte[] Bytes(string path)
    {
        try
        {
            if (Directory.Exists(path)) throw new CheckpointException($"{path}: a folder was found, a JSON file was expected.");
            if (new FileInfo(path) is { Exists: true, Length: > Longest and var length })
                throw new CheckpointException($"{path}: has {length:N0} bytes, expected a JSON file of at most {Longest:N0}.");
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw ReadFailure.Of(path, "JSON file", e);
        }
    }
}
