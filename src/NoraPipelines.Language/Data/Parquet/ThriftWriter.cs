using System.Buffers.Binary;

namespace NoraPipelines.Data;

/// <summary>Writes Thrift's compact protocol.</summary>
internal static class ThriftWriter
{
    public static void Write(Stream target, ThriftStruct value)
    {
        short before = 0;
        foreach (var (id, (type, content)) in value.Fields)
        {
            var written = type is ThriftType.True or ThriftType.False ? (long)content == 1 ? ThriftType.True : ThriftType.False : type;
            if (id - before is > 0 and <= 15 and var delta) target.WriteByte((byte)((delta << 4) | (byte)written));
            else
            {
                target.WriteByte((byte)written);
                Number(target, id);
            }
            before = id;
            if (type is not (ThriftType.True or ThriftType.False)) Content(target, type, content);
        }
        target.WriteByte((byte)ThriftType.Stop);
    }

    private static void Content(Stream target, ThriftType type, object content)
    {
        switch (content)
        {
            case long flag when type is ThriftType.True or ThriftType.False: target.WriteByte((byte)(flag == 1 ? 1 : 2)); break; // in a list
            case long number when type == ThriftType.Byte: target.WriteByte((byte)number); break;
            case long number: Number(target, number); break;
            case double number:
                Span<byte> bytes = stackalloc byte[8];
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, number);
                target.Write(bytes);
                break;
            case byte[] text:
                Varint(target, (ulong)text.Length);
                target.Write(text);
                break;
            case ThriftList list:
                if (list.Items.Count < 15) target.WriteByte((byte)((list.Items.Count << 4) | (byte)list.Type));
                else
                {
                    target.WriteByte((byte)(0xF0 | (byte)list.Type));
                    Varint(target, (ulong)list.Items.Count);
                }
                foreach (var item in list.Items) Content(target, list.Type, item);
                break;
            case ThriftStruct inner: Write(target, inner); break;
        }
    }

    private static void Number(Stream target, long number) => Varint(target, (ulong)((number << 1) ^ (number >> 63)));

    private static void Varint(Stream target, ulong value)
    {
        for (; value >= 0x80; value >>= 7) target.WriteByte((byte)(value | 0x80));
        target.WriteByte((byte)value);
    }
}
