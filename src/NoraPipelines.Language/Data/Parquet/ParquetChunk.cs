using System.Text;

namespace NoraPipelines.Data;

/// <summary>The data of one column in one row group, by its ColumnMetaData.</summary>
internal sealed class ParquetChunk
{
    private const short Type = 1, PathInSchema = 3, CodecField = 4, NumValues = 5, CompressedSize = 7, DataPage = 9, DictionaryPage = 11;
    private static readonly string[] Types = ["BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"];
    private static readonly string[] Codecs = ["none", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4 in Hadoop's frame", "ZSTD", "LZ4_RAW"];

    // What the footer of a column keeps: type, encodings, path, codec, values, sizes, offsets.
    private static readonly short[] Kept = [1, 2, 3, 4, 5, 6, 7, 9, 10, 11];

    private readonly long _type;

    /// <exception cref="InvalidDataException">Something that every column has is missing, or is of another form.</exception>
    public ParquetChunk(ThriftStruct metadata)
    {
        Path = [.. metadata.List<byte[]>(PathInSchema).Select(Encoding.UTF8.GetString)];
        if (Path.Count == 0) throw new InvalidDataException("a column has no name");
        (_type, Codec) = (metadata.Required(Type, "a column's type"), metadata.Required(CodecField, "a column's compression"));
        (Values, Bytes) = (metadata.Required(NumValues, "a column's number of values"), metadata.Required(CompressedSize, "a column's size"));
        var data = metadata.Required(DataPage, "a column's place");
        Start = metadata.Number(DictionaryPage) is > 0 and var dictionary && dictionary < data ? dictionary : data;
    }

    public IReadOnlyList<string> Path { get; }

    public string Name => string.Join('.', Path);

    public long Values { get; }

    public long Bytes { get; }

    public long Start { get; }

    public long Codec { get; }

    public bool IsCompressed => Codec != 0;

    /// <summary>Type and compression in the format's words.</summary>
    public string Form => $"{Word(Types, _type)}, compression {Word(Codecs, Codec)}";

    /// <exception cref="NotSupportedException">Its compression is none that can be read.</exception>
    public void RefuseCodec()
    {
        if (Codec is 0 or 1 or 2 or 4 or 6 or 7) return;
        throw new NotSupportedException($"column `{Name}` is compressed with {Word(Codecs, Codec)}, which is not supported; write the file anew with ZSTD, SNAPPY or GZIP");
    }

    public static ThriftStruct WithoutStatistics(ThriftStruct chunk)
    {
        var (copy, metadata) = (new ThriftStruct(), new ThriftStruct());
        foreach (var (id, field) in chunk.Struct(3)!.Fields)
            if (Kept.Contains(id)) metadata.Fields[id] = field;
        copy.Fields[2] = (ThriftType.I64, chunk.Number(2) ?? 0); // file_offset
        copy.Fields[3] = (ThriftType.Struct, metadata);
        return copy;
    }

    private static string Word(string[] words, long number) => number >= 0 && number < words.Length ? words[number] : $"number {number}";
}
