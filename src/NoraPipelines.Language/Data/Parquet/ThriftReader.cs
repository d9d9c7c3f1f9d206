using System.Buffers.Binary;

namespace NoraPipelines.Data;

/// <summary>
/// Reads Thrift's compact protocol and believes no length and no count of it: each is held against the bytes that are left, so that the
/// work is bounded by the length of what is read.
/// </summary>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    private const int Deepest = 32;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <exception cref="EndOfStreamException">The bytes end within the structure.</exception>
    /// <exception cref="InvalidDataException">They are none.</exception>
    public ThriftStruct Struct(int depth = 0)
    {
        if (depth > Deepest) throw new InvalidDataException($"the metadata are nested more than {Deepest} deep");
        var found = new ThriftStruct();
        short id = 0;
        while (true)
        {
            var head = Byte();
            var type = (ThriftType)(head & 0x0F);
            if (type == ThriftType.Stop) return found;
            id = head >> 4 is > 0 and var delta ? (short)(id + delta) : (short)ZigZag();
            if (!found.Fields.TryAdd(id, (type, type is ThriftType.True or ThriftType.False ? type == ThriftType.True ? 1L : 0L : Value(type, depth))))
                throw new InvalidDataException($"field {id} stands twice in the metadata");
        }
    }

    private object Value(ThriftType type, int depth) => type switch
    {
        ThriftType.True or ThriftType.False => Byte() == 1 ? 1L : 0L, // in a list
        ThriftType.Byte => (long)(sbyte)Byte(),
        ThriftType.I16 or ThriftType.I32 or ThriftType.I64 => ZigZag(),
        ThriftType.Double => BinaryPrimitives.ReadDoubleLittleEndian(Bytes(8)),
        ThriftType.Binary => Bytes(Count("a text of {0} bytes")).ToArray(),
        ThriftType.List => List(depth + 1),
        ThriftType.Struct => Struct(depth + 1),
        _ => throw new InvalidDataException($"the metadata hold {type}, which Parquet's have not"),
    };

    private ThriftList List(int depth)
    {
        if (depth > Deepest) throw new InvalidDataException($"the metadata are nested more than {Deepest} deep");
        var head = Byte();
        var (type, count) = ((ThriftType)(head & 0x0F), head >> 4);
        if (count == 15) count = Count("a list of {0} items"); // an item has at least one byte
        else Left(count, "a list of {0} items");
        var items = new List<object>();
        for (var i = 0; i < count; i++) items.Add(Value(type, depth));
        return new ThriftList(type, items);
    }

    private int Count(string what)
    {
        var count = Varint();
        return Left(count > int.MaxValue ? int.MaxValue : (int)count, what);
    }

    private readonly int Left(int count, string what) => count <= _bytes.Length - Position ? count
        : throw new EndOfStreamException($"the metadata claim {string.Format(null, what, count)}, and {_bytes.Length - Position:N0} bytes are left");

    private ReadOnlySpan<byte> Bytes(int count)
    {
        if (count > _bytes.Length - Position) throw new EndOfStreamException("the metadata end within a value");
        Position += count;
        return _bytes.Slice(Position - count, count);
    }

    private byte Byte() => Bytes(1)[0];

    private long ZigZag()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw new InvalidDataException("a number of the metadata has more than 64 bits");
    }
}
