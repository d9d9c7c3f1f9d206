using System.Text.Json;

namespace NoraPipelines.Interop;

/// <summary>Reads what <see cref="ExecutionTrace"/> wrote, schema 1.1.1-chakra.0.0.4 (execution_trace_observer.cpp).</summary>
internal static class TraceReader
{
    private const string Schema = "1.1.1-chakra";

    // A tensor's value: id, storage's id, offset, elements, bytes of one, device.
    private const int ElementSizeAt = 4;
    private const int DeviceAt = 5;

    /// <summary>All entries of the thread that named ranges, in the order in which they began; the observer sees every thread.</summary>
    /// <exception cref="NoraException">The file is not of the known schema.</exception>
    public static IReadOnlyList<TracedOperator> Read(string file)
    {
        using var stream = File.OpenRead(file);
        using var document = JsonDocument.Parse(stream);
        var schema = document.RootElement.GetProperty("schema").GetString();
        if (schema?.StartsWith(Schema, StringComparison.Ordinal) != true)
            throw new NoraException($"{file}: the trace is of schema {schema}, expected {Schema}. This libtorch writes another than 2.10; leave --dry-run out.");
        var entries = document.RootElement.GetProperty("nodes").EnumerateArray().Select(Node).ToArray();
        var own = entries.FirstOrDefault(entry => entry.Name.StartsWith(StepRange.Prefix, StringComparison.Ordinal))?.Thread;
        return [.. entries.Where(entry => entry.Thread == own).OrderBy(entry => entry.Id)];
    }

    private static TracedOperator Node(JsonElement node) => new(
        node.GetProperty("id").GetInt64(), node.GetProperty("ctrl_deps").GetInt64(), node.GetProperty("name").GetString()!, Attribute(node, "seq_id"u8), Attribute(node, "tid"u8),
        Tensors(node.GetProperty("inputs")), Tensors(node.GetProperty("outputs")), Flags(node.GetProperty("inputs").GetProperty("values")));

    private static long Attribute(JsonElement node, ReadOnlySpan<byte> name)
    {
        foreach (var attribute in node.GetProperty("attrs").EnumerateArray())
            if (attribute.GetProperty("name").ValueEquals(name)) return attribute.GetProperty("value").GetInt64();
        return -1;
    }

    private static List<TracedTensor> Tensors(JsonElement arguments)
    {
        var (values, shapes, strides, types) = (arguments.GetProperty("values"), arguments.GetProperty("shapes"), arguments.GetProperty("strides"), arguments.GetProperty("types"));
        var found = new List<TracedTensor>();
        for (var i = 0; i < values.GetArrayLength(); i++)
        {
            var type = types[i].GetString()!;
            if (type.StartsWith("Tensor(", StringComparison.Ordinal)) Add(values[i], shapes[i], strides[i]);
            else if (type.StartsWith("GenericList[Tensor(", StringComparison.Ordinal))
                for (var j = 0; j < values[i].GetArrayLength(); j++) Add(values[i][j], shapes[i][j], strides[i][j]);
        }
        return found;

        void Add(JsonElement value, JsonElement shape, JsonElement stride)
        {
            if (value[DeviceAt].GetString() is not { Length: > 0 } device) return; // undefined
            found.Add(new TracedTensor(Numbers(shape), Numbers(stride), value[ElementSizeAt].GetInt32(), device));
        }
    }

    private static long[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetInt64())];

    private static List<bool> Flags(JsonElement values) =>
        [.. values.EnumerateArray().Where(value => value.ValueKind is JsonValueKind.True or JsonValueKind.False).Select(value => value.GetBoolean())];
}
