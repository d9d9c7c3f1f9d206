namespace NoraPipelines.Data;

/// <summary>A file as far as its footer, and another footer in its place. Leaves the file open.</summary>
internal sealed class ParquetView(Stream file, long dataBytes, byte[] footer) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => dataBytes + footer.Length;

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int read;
        if (Position >= dataBytes)
        {
            read = (int)Math.Min(buffer.Length, Length - Position);
            if (read <= 0) return 0;
            footer.AsSpan((int)(Position - dataBytes), read).CopyTo(buffer);
        }
        else
        {
            file.Position = Position;
            read = file.Read(buffer[..(int)Math.Min(buffer.Length, dataBytes - Position)]);
        }
        Position += read;
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
