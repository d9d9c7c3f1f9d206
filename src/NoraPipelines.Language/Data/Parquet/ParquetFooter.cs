using System.Buffers.Binary;

namespace NoraPipelines.Data;

/// <summary>
/// What a Parquet file says of itself at its end (apache/parquet-format, parquet.thrift). Its counts, sizes and offsets are held against
/// the file before anyone counts by them, and the columns that nobody asks for are left out.
/// </summary>
internal sealed class ParquetFooter
{
    private const long MostRows = 50_000_000;
    private const long MostBytes = 8L << 30;
    private const long MostFooter = 256L << 20;
    private const int TailBytes = 8; // the footer's length and PAR1
    private const int DeepestSchema = 32;

    // Fields of FileMetaData, RowGroup, SchemaElement and ColumnChunk.
    private const short Schema = 2, RowGroups = 4;
    private const short GroupColumns = 1, GroupBytes = 2, GroupRows = 3;
    private const short ElementName = 4, ElementChildren = 5;
    private const short ChunkFile = 1, ChunkMetadata = 3, ChunkCrypto = 8, ChunkEncrypted = 9;

    private readonly Stream _file;
    private readonly ThriftStruct _metadata;
    private readonly ThriftStruct[] _schema;
    private readonly ThriftStruct[] _groups;
    private readonly List<(string Name, int Start, int End)> _columns = [];

    private ParquetFooter(Stream file, long start, ThriftStruct metadata)
    {
        (_file, Start, _metadata) = (file, start, metadata);
        _schema = [.. metadata.List<ThriftStruct>(Schema)];
        _groups = [.. metadata.List<ThriftStruct>(RowGroups)];
        ReadColumns();
        for (var i = 0; i < _groups.Length; i++) CheckGroup(i);
    }

    /// <summary>Where it begins in the file: data lie before it.</summary>
    public long Start { get; }

    public int Groups => _groups.Length;

    /// <summary>The columns at the top, structures and lists whole.</summary>
    public IReadOnlyList<string> Columns => [.. _columns.Select(column => column.Name)];

    /// <exception cref="InvalidDataException">The file is no Parquet, is encrypted, or its footer says what cannot be.</exception>
    public static ParquetFooter Read(Stream file)
    {
        Span<byte> tail = stackalloc byte[TailBytes];
        Span<byte> head = stackalloc byte[FileKind.LongestMark];
        if (file.Length < 4 + TailBytes) throw new InvalidDataException($"it has {file.Length:N0} bytes, and the smallest Parquet file {4 + TailBytes}");
        file.Position = 0;
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        if (!head.StartsWith("PAR1"u8) && !head.StartsWith("PARE"u8))
            throw new InvalidDataException("it does not begin with PAR1" + (FileKind.Recognise(head).Found is { } other ? $": {other}" : ""));
        file.Position = file.Length - TailBytes;
        file.ReadExactly(tail);
        if (tail[4..].SequenceEqual("PARE"u8)) throw new InvalidDataException("its footer is encrypted, which is not supported");
        if (!tail[4..].SequenceEqual("PAR1"u8)) throw new InvalidDataException("it does not end with PAR1: it was cut off, or is still being written");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        var start = file.Length - TailBytes - length;
        if (start < 4 || length > MostFooter) throw new InvalidDataException($"its footer is said to have {length:N0} bytes, in a file of {file.Length:N0}");
        var bytes = new byte[length];
        file.Position = start;
        file.ReadExactly(bytes);
        return new ParquetFooter(file, start, new ThriftReader(bytes).Struct());
    }

    /// <summary>The chunks of data of a group that belong to columns of the top.</summary>
    public IEnumerable<ParquetChunk> Chunks(int group, IReadOnlyCollection<string> columns) =>
        _groups[group].List<ThriftStruct>(GroupColumns).Select(Chunk).Where(chunk => columns.Contains(chunk.Path[0]));

    /// <summary>A footer for these columns alone, without statistics and whatever else rows do not need.</summary>
    public byte[] Only(IReadOnlyCollection<string> columns)
    {
        var root = Copy(_schema[0]);
        root.Fields[ElementChildren] = (ThriftType.I32, (long)_columns.Count(column => columns.Contains(column.Name)));
        var kept = new ThriftStruct();
        foreach (short id in new short[] { 1, 3, 6 }) // version, num_rows, created_by
            if (_metadata.Fields.TryGetValue(id, out var field)) kept.Fields[id] = field;
        kept.SetList(Schema, [root, .. _columns.Where(column => columns.Contains(column.Name)).SelectMany(column => _schema[column.Start..column.End])]);
        kept.SetList(RowGroups, _groups.Select(group =>
        {
            var copy = Copy(group);
            copy.SetList(GroupColumns, group.List<ThriftStruct>(GroupColumns).Where(chunk => columns.Contains(Chunk(chunk).Path[0])).Select(ParquetChunk.WithoutStatistics));
            copy.Fields.Remove(4); // sorting_columns: they count columns
            return copy;
        }));
        using var written = new MemoryStream();
        ThriftWriter.Write(written, kept);
        Span<byte> tail = stackalloc byte[TailBytes];
        BinaryPrimitives.WriteInt32LittleEndian(tail, (int)written.Length);
        "PAR1"u8.CopyTo(tail[4..]);
        written.Write(tail);
        return written.ToArray();
    }

    private static ThriftStruct Copy(ThriftStruct value)
    {
        var copy = new ThriftStruct();
        foreach (var (id, field) in value.Fields) copy.Fields[id] = field;
        return copy;
    }

    private static ParquetChunk Chunk(ThriftStruct chunk) => new(chunk.Struct(ChunkMetadata) ?? throw new InvalidDataException("a column has no metadata"));

    private void ReadColumns()
    {
        if (_schema.Length == 0) throw new InvalidDataException("its footer has no schema");
        var at = 1;
        for (var child = _schema[0].Number(ElementChildren) ?? 0; child > 0; child--)
        {
            var start = at;
            at = End(at, 1);
            _columns.Add((_schema[start].Text(ElementName, "a column's name"), start, at));
        }
        if (at != _schema.Length) throw new InvalidDataException($"its schema has {_schema.Length} elements, and {at} of them belong to a column");
        if (_columns.GroupBy(column => column.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new InvalidDataException($"its schema has the column `{twice.Key}` twice");
    }

    /// <summary>Where the element that begins at a place ends, its children included.</summary>
    private int End(int at, int depth)
    {
        if (at >= _schema.Length) throw new InvalidDataException($"its schema claims more elements than the {_schema.Length} that it has");
        if (depth > DeepestSchema) throw new InvalidDataException($"its schema is nested more than {DeepestSchema} deep");
        var children = _schema[at].Number(ElementChildren) ?? 0;
        for (at++; children > 0; children--) at = End(at, depth + 1);
        return at;
    }

    private void CheckGroup(int index)
    {
        var group = _groups[index];
        var (rows, bytes) = (group.Required(GroupRows, "a row group's number of rows"), group.Required(GroupBytes, "a row group's size"));
        if (rows is < 0 or > MostRows || bytes is < 0 or > MostBytes || rows > _file.Length * 1000)
            throw new InvalidDataException($"row group {index + 1} says that it has {rows:N0} rows in {bytes:N0} bytes, in a file of {_file.Length:N0} bytes");
        foreach (var chunk in group.List<ThriftStruct>(GroupColumns))
        {
            if (chunk.Fields.ContainsKey(ChunkFile)) throw new InvalidDataException("the data of its columns lie in another file, which is not supported");
            if (chunk.Fields.ContainsKey(ChunkCrypto) || chunk.Fields.ContainsKey(ChunkEncrypted)) throw new InvalidDataException("its columns are encrypted, which is not supported");
            var found = Chunk(chunk);
            if (!_columns.Any(column => column.Name == found.Path[0])) throw new InvalidDataException($"row group {index + 1} has data of `{found.Name}`, which the schema does not name");
            if (found.Values is < 0 || found.Values > _file.Length * 1000 || found.Start < 4 || found.Bytes < 0 || found.Bytes > Start - found.Start)
                throw new InvalidDataException($"column `{found.Name}` says that it has {found.Values:N0} values in {found.Bytes:N0} bytes from byte {found.Start:N0} on, in a file of {_file.Length:N0} bytes");
        }
    }
}
