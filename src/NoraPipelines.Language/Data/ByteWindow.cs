using NoraPipelines.Plans;

namespace NoraPipelines.Data;

/// <summary>A moving window over a file: what a reader has in hand, and where in the file that is. No file is held whole.</summary>
internal sealed class ByteWindow : IDisposable
{
    /// <summary>Longest row, in bytes. A longer one is a file of another kind, or a separator that never comes.</summary>
    public const int MaximumRow = 64 << 20;

    private readonly Stream _stream;
    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;

    public ByteWindow(string path)
    {
        Path = path;
        Stream file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        _stream = DataFormat.IsCompressed(path) ? new GzipData(path, file) : file;
        try
        {
            while (_end < FileKind.LongestMark && More()) { }
            FileKind.RefuseOthers(path, Bytes.Span);
            if (Bytes.Span.StartsWith("\uFEFF"u8)) Advance(3);
            RefuseOldLineEnds();
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    public string Path { get; }

    /// <summary>What was read and not yet passed; valid until the next call of <see cref="More"/> or <see cref="Advance"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Offset in the file of the first byte of <see cref="Bytes"/>.</summary>
    public long Offset { get; private set; }

    /// <summary>1-based line of the first byte of <see cref="Bytes"/>.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Reads on; false at the end of the file.</summary>
    /// <exception cref="DataException">The window already holds as much as a row may have.</exception>
    public bool More()
    {
        if (_end - _start >= MaximumRow)
        {
            throw new DataException($"{Path}:{Line}: a row is longer than {MaximumRow >> 20} MiB; " +
                "expected one row a line, or the separator between texts. It begins: " + Excerpt.Of(Bytes.Span));
        }
        if (_start > 0)
        {
            Bytes.Span.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length) Array.Resize(ref _buffer, Math.Min(2 * _buffer.Length, MaximumRow));
        var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }

    /// <summary>Lines that end in CR alone would be one row; JSON is free to have them between its values.</summary>
    private void RefuseOldLineEnds()
    {
        var first = Bytes.Span.TrimEnd((byte)'\r');
        if (DataFormat.Of(Path) == ".json" || first.Contains((byte)'\n') || first.IndexOf((byte)'\r') is not (>= 0 and var at)) return;
        throw new DataException($"{Path}:1: line 1 ends in CR (0x0D) alone, at offset {Offset + at}; expected LF or CRLF. "
            + $"Convert it, for example with `tr '\\r' '\\n'`.");
    }

    public void Advance(int count)
    {
        Line += Bytes.Span[..count].Count((byte)'\n');
        Offset += count;
        _start += count;
    }

    /// <summary>The row that the first bytes of the window are.</summary>
    /// <exception cref="DataException">They are not UTF-8.</exception>
    public Row Row(int start, int length)
    {
        var before = Bytes.Span[..start];
        var row = new Row(Path, Line + before.Count((byte)'\n'), Offset + start, Bytes.Slice(start, length));
        row.CheckUtf8();
        return row;
    }

    public void Dispose() => _stream.Dispose();
}
