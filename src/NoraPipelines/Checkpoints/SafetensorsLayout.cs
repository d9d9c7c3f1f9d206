using NoraPipelines.Plans;

namespace NoraPipelines.Checkpoints;

/// <summary>The arithmetic of a safetensors header: sizes follow from shapes, and the byte ranges tile the data part exactly.</summary>
internal static class SafetensorsLayout
{
    // libtorch's element-wise kernels take no more dimensions than this.
    private const int MostDimensions = 64;

    private const string Damaged = "The file is damaged: download or export it again.";

    /// <summary>One checked entry.</summary>
    /// <exception cref="CheckpointException">Unknown dtype, a size beyond 63 bits, or a range that does not fit the shape.</exception>
    public static TensorEntry Entry(string path, string name, string dtypeCode, long[] shape, long[] offsets)
    {
        if (!SafetensorsDtype.TryParse(dtypeCode, out var dtype, out var elementSize))
        {
            throw new CheckpointException($"{path}: tensor '{name}' has the dtype '{dtypeCode}', expected one of {SafetensorsDtype.Known}. "
                + (dtypeCode.StartsWith("F8", StringComparison.Ordinal) || dtypeCode.StartsWith("F4", StringComparison.Ordinal)
                    ? QuantisedWeights.Remedy : "Convert the tensor to one of them where it was made."));
        }
        if (shape.Length > MostDimensions)
            throw Error(path, name, $"has {shape.Length} dimensions, expected at most {MostDimensions}");
        if (Size(shape, elementSize) is not { } size)
            throw Error(path, name, $"has the shape {Text(shape)}, whose size in bytes is beyond 63 bits");
        if (offsets.Length != 2) throw Error(path, name, $"has {offsets.Length} data_offsets, expected 2: first byte and end");
        var (begin, end) = (offsets[0], offsets[1]);
        if (end < begin)
            throw Error(path, name, $"has the data_offsets [{begin}, {end}], expected the end not to lie before the beginning");
        if (end - begin != size)
        {
            throw Error(path, name, $"has {end - begin} bytes (data_offsets [{begin}, {end}]), expected {size}: "
                + $"{dtypeCode} of shape {Text(shape)}");
        }
        return new TensorEntry(name, dtype, shape.ToEquatableArray(), begin, end);
    }

    /// <summary>Bytes of a tensor of this shape; null where it, or its strides, would not fit 63 bits.</summary>
    public static long? Size(IReadOnlyList<long> shape, int elementSize)
    {
        // A dimension of 0 makes the tensor empty, but its strides are still products of the others.
        long strides = elementSize;
        foreach (var dimension in shape)
        {
            if (dimension > 1 && strides > long.MaxValue / dimension) return null;
            strides *= Math.Max(dimension, 1);
        }
        return shape.Contains(0) ? 0 : strides;
    }

    /// <summary>Every byte of the data part belongs to exactly one tensor.</summary>
    /// <exception cref="CheckpointException">A range lies outside, two overlap, or bytes belong to none.</exception>
    public static void Check(string path, IEnumerable<TensorEntry> entries, long dataLength)
    {
        long reached = 0;
        TensorEntry? previous = null;
        foreach (var entry in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (entry.End > dataLength)
            {
                throw new CheckpointException($"{path}: tensor '{entry.Name}' lies in the bytes {entry.Begin} to {entry.End} of the data, "
                    + $"but the file holds only {dataLength}. The file is cut off: download or copy it again.");
            }
            if (entry.Begin < reached)
            {
                throw Error(path, entry.Name, $"begins at byte {entry.Begin}, inside tensor '{previous?.Name}', which ends at {reached}; "
                    + "expected ranges that do not overlap");
            }
            if (entry.Begin > reached)
                throw Error(path, entry.Name, $"begins at byte {entry.Begin}, expected {reached}: the bytes between belong to no tensor");
            (reached, previous) = (entry.End, entry);
        }
        if (reached != dataLength)
        {
            throw new CheckpointException($"{path}: {dataLength - reached} bytes follow the last tensor, expected none. {Damaged}");
        }
    }

    public static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    private static CheckpointException Error(string path, string name, string found) => new($"{path}: tensor '{name}' {found}. {Damaged}");
}
