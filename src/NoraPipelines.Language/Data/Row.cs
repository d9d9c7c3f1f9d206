using System.Text;
using System.Text.Unicode;

namespace NoraPipelines.Data;

/// <summary>The bytes of one row and where they stand. Valid until the next row is read.</summary>
internal readonly record struct Row(string Path, long Line, long Offset, ReadOnlyMemory<byte> Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    public DataException Error(string message, Exception? inner = null) => new($"{Path}:{Line}: {message}", inner);

    /// <exception cref="DataException">Names the line and the offset of the first byte that is not UTF-8.</exception>
    public void CheckUtf8()
    {
        var rest = Bytes.Span;
        if (rest.IndexOf((byte)0) is >= 0 and var nothing)
        {
            throw new DataException($"{Path}:{Line + rest[..nothing].Count((byte)'\n')}: byte 0x00 at offset {Offset + nothing} is no text; "
                + "expected a file in UTF-8. It is damaged, or in another encoding.");
        }
        if (Utf8.IsValid(rest)) return;
        var line = Line;
        while (Rune.DecodeFromUtf8(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done)
        {
            if (rune.Value == '\n') line++;
            rest = rest[length..];
        }
        throw new DataException($"{Path}:{line}: byte 0x{rest[0]:X2} at offset {Offset + Bytes.Length - rest.Length} is not UTF-8; " +
            "expected a file in UTF-8. Convert it, for example with `iconv -f WINDOWS-1252 -t UTF-8`.");
    }
}
