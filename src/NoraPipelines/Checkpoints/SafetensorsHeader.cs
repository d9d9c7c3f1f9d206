using System.Text.Json;
using System.Text.Unicode;

namespace NoraPipelines.Checkpoints;

/// <summary>
/// Reads the JSON header of a safetensors file and believes nothing of it: names, dtypes, shapes and byte ranges are checked before
/// any tensor is made. Format: https://github.com/huggingface/safetensors#format.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The reference implementation's own bound, 100 MB.</summary>
    public const long LongestHeader = 100_000_000;

    private const string MetadataKey = "__metadata__";

    private const string Damaged = "The file is damaged or not safetensors: download or export it again.";

    private readonly string _path;

    private SafetensorsHeader(string path) => _path = path;

    public Dictionary<string, TensorEntry> Tensors { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Parses and checks.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="json">The header without its length prefix.</param>
    /// <param name="dataLength">Bytes of the file after the header.</param>
    /// <exception cref="CheckpointException">Anything is not as the format has it.</exception>
    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json, long dataLength)
    {
        var header = new SafetensorsHeader(path);
        if (json.Length == 0 || json[0] != (byte)'{')
            throw header.Error($"the header begins with {(json.Length == 0 ? "nothing" : $"byte 0x{json[0]:x2}")}, expected '{{'.");
        if (!Utf8.IsValid(json)) throw header.Error("the header is not valid UTF-8.");
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            header.ReadObject(ref reader);
            // Only spaces may follow: the reader throws at anything else.
            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            throw header.Error($"the header is not valid JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // Half of a surrogate pair in an escape: JSON's grammar allows it, Unicode does not.
            throw header.Error($"the header holds a text that is not Unicode: {e.Message}", e);
        }
        SafetensorsLayout.Check(path, header.Tensors.Values, dataLength);
        return header;
    }

    private void ReadObject(ref Utf8JsonReader reader)
    {
        var metadataSeen = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == MetadataKey)
            {
                if (metadataSeen) throw Error($"'{MetadataKey}' stands twice in the header, expected once.");
                metadataSeen = true;
                ReadMetadata(ref reader);
            }
            else if (!Tensors.TryAdd(name, ReadEntry(ref reader, name)))
            {
                throw Error($"tensor '{name}' stands twice in the header; expected every name once.");
            }
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Error($"'{MetadataKey}' is {Kind(reader.TokenType)}, expected an object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw Error($"'{MetadataKey}' maps '{key}' to {Kind(reader.TokenType)}, expected a text.");
            if (!Metadata.TryAdd(key, reader.GetString()!)) throw Error($"'{MetadataKey}' has the key '{key}' twice, expected it once.");
        }
    }

    private TensorEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Error(name, $"is {Kind(reader.TokenType)}, expected an object");
        string? dtype = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            var twice = key switch { "dtype" => dtype is not null, "shape" => shape is not null, _ => offsets is not null };
            switch (key)
            {
                case "dtype" or "shape" or "data_offsets" when twice:
                    throw Error(name, $"has '{key}' twice, expected once");
                case "dtype" when reader.TokenType == JsonTokenType.String:
                    dtype = reader.GetString();
                    break;
                case "shape" when reader.TokenType == JsonTokenType.StartArray:
                    shape = ReadNumbers(ref reader, name, key);
                    break;
                case "data_offsets" when reader.TokenType == JsonTokenType.StartArray:
                    offsets = ReadNumbers(ref reader, name, key);
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw Error(name, $"has {Kind(reader.TokenType)} as '{key}', expected {(key == "dtype" ? "a text" : "a list")}");
                default:
                    throw Error(name, $"has the key '{key}', expected dtype, shape and data_offsets alone");
            }
        }
        if (dtype is null || shape is null || offsets is null)
            throw Error(name, $"has no '{(dtype is null ? "dtype" : shape is null ? "shape" : "data_offsets")}'");
        return SafetensorsLayout.Entry(_path, name, dtype, shape, offsets);
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, string name, string key)
    {
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
                throw Error(name, $"has {Value(ref reader)} in '{key}', expected whole numbers from 0 to {long.MaxValue}");
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private static string Value(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Number
        ? System.Text.Encoding.UTF8.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, 40)])
        : Kind(reader.TokenType);

    private static string Kind(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        _ => "null",
    };

    private CheckpointException Error(string found, Exception? inner = null) => new($"{_path}: {found} {Damaged}", inner);

    private CheckpointException Error(string tensor, string found) => Error($"tensor '{tensor}' {found}.");
}
