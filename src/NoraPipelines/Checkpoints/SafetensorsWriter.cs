using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using static TorchSharp.torch;

namespace NoraPipelines.Checkpoints;

/// <summary>
/// Writes safetensors files: as a whole or not at all, one tensor in flight at a time, and the same bytes for the same tensors. Wider
/// dtypes come first, so that every tensor starts at a multiple of its element's size; within one dtype names are in ordinal order.
/// </summary>
public static class SafetensorsWriter
{
    private const int PrefixBytes = 8;

    /// <summary>Writes tensors of any device and layout.</summary>
    /// <param name="metadata">Texts for __metadata__; transformers and PEFT expect format = pt.</param>
    /// <exception cref="CheckpointException">
    /// The disk is full, the place cannot be written, a name comes twice, or a dtype has no code.
    /// </exception>
    public static void Write(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        WriteEach(path, tensors.Select(pair => DeferredTensor.Of(pair.Key, pair.Value)), metadata);

    /// <summary>As above, for tensors that are made one by one.</summary>
    /// <exception cref="CheckpointException">As above; or a made tensor is not as announced.</exception>
    public static void WriteEach(string path, IEnumerable<DeferredTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var ordered = Order(path, tensors);
        var header = Header(path, ordered, metadata, out var dataBytes);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> prefix = stackalloc byte[PrefixBytes];
            BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
            stream.Write(prefix);
            stream.Write(header);
            foreach (var tensor in ordered)
            {
                using var scope = NewDisposeScope();
                TensorBytes.Write(Made(path, tensor), stream);
            }
        }, PrefixBytes + header.Length + dataBytes);
    }

    private static DeferredTensor[] Order(string path, IEnumerable<DeferredTensor> tensors)
    {
        DeferredTensor[] ordered = [.. tensors
            .OrderByDescending(tensor => SafetensorsDtype.Size(tensor.Dtype))
            .ThenBy(tensor => tensor.Name, StringComparer.Ordinal)];
        var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
        if (Array.Find(ordered, tensor => !names.Add(tensor.Name)) is { } twice)
        {
            throw new CheckpointException(
                $"{path}: tensor '{twice.Name}' was to be written twice or under a reserved name; names must differ.");
        }
        return ordered;
    }

    private static byte[] Header(
        string path, DeferredTensor[] tensors, IReadOnlyDictionary<string, string>? metadata, out long dataBytes)
    {
        using var buffer = new MemoryStream();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        if (metadata is { Count: > 0 })
        {
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(key, value);
            json.WriteEndObject();
        }
        dataBytes = 0;
        foreach (var tensor in tensors)
        {
            var code = SafetensorsDtype.Code(tensor.Dtype, tensor.Name);
            if (tensor.Bytes is not { } bytes || bytes > (long.MaxValue >> 1) - dataBytes)
                throw new CheckpointException($"{path}: tensor '{tensor.Name}' of shape {tensor.Shape} is too large for one file.");
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", code);
            json.WriteStartArray("shape");
            foreach (var dimension in tensor.Shape) json.WriteNumberValue(dimension);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(dataBytes);
            json.WriteNumberValue(dataBytes += bytes);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.Flush();
        // Spaces after the JSON let the data begin at a multiple of 8, as the format asks.
        while (buffer.Length % PrefixBytes != 0) buffer.WriteByte((byte)' ');
        if (buffer.Length > SafetensorsHeader.LongestHeader)
        {
            throw new CheckpointException(
                $"{path}: the header would have {buffer.Length} bytes, at most {SafetensorsHeader.LongestHeader} may be; use more files.");
        }
        return buffer.ToArray();
    }

    private static Tensor Made(string path, DeferredTensor announced)
    {
        var tensor = announced.Make();
        if (tensor.dtype == announced.Dtype && tensor.shape.SequenceEqual(announced.Shape)) return tensor;
        throw new CheckpointException($"{path}: tensor '{announced.Name}' was announced as {SafetensorsDtype.Word(announced.Dtype)} "
            + $"{announced.Shape}, but is {SafetensorsDtype.Word(tensor.dtype)} {SafetensorsLayout.Text(tensor.shape)}.");
    }
}
