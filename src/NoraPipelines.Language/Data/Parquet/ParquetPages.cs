namespace NoraPipelines.Data;

/// <summary>The headers of a column's pages: what they claim is held against the bytes that are there before any page is unpacked.</summary>
internal static class ParquetPages
{
    private const int FirstLook = 1 << 12;

    // A page is some MiB; deflate, the densest of the old methods, makes a byte of 1,032.
    private const long OrdinaryPage = 64L << 20;
    private const long DensestPacking = 1100;

    // Fields of PageHeader and of the headers in it.
    private const short Type = 1, Unpacked = 2, Packed = 3, Data = 5, Dictionary = 7, DataV2 = 8;
    private const short Values = 1, Encoding = 2, EncodingV2 = 4, DefinitionBytes = 5, RepetitionBytes = 6;

    private static readonly string[] Encodings =
    [
        "PLAIN", "number 1", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY",
        "RLE_DICTIONARY", "BYTE_STREAM_SPLIT",
    ];

    /// <returns>The pages' version and encodings in words.</returns>
    /// <exception cref="InvalidDataException">A header says what cannot be.</exception>
    public static string Check(Stream file, ParquetChunk chunk)
    {
        var forms = new SortedSet<string>(StringComparer.Ordinal);
        var (at, end, values) = (chunk.Start, chunk.Start + chunk.Bytes, 0L);
        while (values < chunk.Values)
        {
            if (at >= end) throw new InvalidDataException($"column `{chunk.Name}` has {values:N0} of the {chunk.Values:N0} values that it claims");
            var (header, length) = Header(file, at, end);
            var (unpacked, packed) = (header.Required(Unpacked, "a page's size"), header.Required(Packed, "a page's size"));
            at += length;
            if (packed < 0 || packed > end - at || unpacked < 0 || unpacked > int.MaxValue || (unpacked > OrdinaryPage && unpacked / DensestPacking > packed)
                || (!chunk.IsCompressed && unpacked != packed))
                throw new InvalidDataException($"a page of column `{chunk.Name}` claims {packed:N0} bytes that unpack to {unpacked:N0}, and {end - at:N0} are left");
            if (header.Struct(Data) is { } data) Add(data.Required(Values, "a page's number of values"), $"data page 1, {Word(data.Number(Encoding))}");
            else if (header.Struct(DataV2) is { } second)
            {
                Add(second.Required(Values, "a page's number of values"), $"data page 2, {Word(second.Number(EncodingV2))}");
                var (definitions, repetitions) = (second.Number(DefinitionBytes) ?? 0, second.Number(RepetitionBytes) ?? 0);
                if (definitions < 0 || repetitions < 0 || definitions > packed || repetitions > packed - definitions)
                    throw new InvalidDataException($"a page of column `{chunk.Name}` claims {definitions:N0} and {repetitions:N0} bytes of levels in {packed:N0} bytes");
            }
            else if (header.Struct(Dictionary) is { } dictionary)
            {
                var entries = dictionary.Required(Values, "a dictionary's number of values");
                if (entries < 0 || entries > unpacked) throw new InvalidDataException($"the dictionary of column `{chunk.Name}` claims {entries:N0} values in {unpacked:N0} bytes");
            }
            else if (header.Number(Type) is not 1) throw new InvalidDataException($"a page of column `{chunk.Name}` is of no known kind"); // 1: an index
            at += packed;
        }
        return string.Join("; ", forms);

        void Add(long count, string form)
        {
            if (count < 0 || count > chunk.Values - values)
                throw new InvalidDataException($"a page of column `{chunk.Name}` claims {count:N0} values, and {chunk.Values - values:N0} are left");
            values += count;
            forms.Add(form);
        }
    }

    private static string Word(long? encoding) => encoding >= 0 && encoding < Encodings.Length ? Encodings[encoding.Value] : $"number {encoding}";

    /// <summary>The header at a place: its length is nowhere said.</summary>
    private static (ThriftStruct Header, int Length) Header(Stream file, long at, long end)
    {
        for (var look = (int)Math.Min(FirstLook, end - at); ; look = (int)Math.Min(look * 16L, Math.Min(end - at, int.MaxValue / 2)))
        {
            var bytes = new byte[look];
            file.Position = at;
            file.ReadExactly(bytes);
            try
            {
                var reader = new ThriftReader(bytes);
                return (reader.Struct(), reader.Position);
            }
            catch (EndOfStreamException) when (look < end - at && look < int.MaxValue / 2)
            {
                // Statistics may be long: look further.
            }
        }
    }
}
