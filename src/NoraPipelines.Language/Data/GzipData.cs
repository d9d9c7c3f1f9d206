using System.Buffers.Binary;
using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.Checksum;
using ICSharpCode.SharpZipLib.Zip.Compression;

namespace NoraPipelines.Data;

/// <summary>
/// Unpacks gzip (RFC 1952), one member or several after another, and holds each against its checksum and length: GZipStream takes a file
/// that was cut off for a whole one.
/// </summary>
internal sealed class GzipData(string path, Stream packed) : Stream
{
    private const int TrailerBytes = 8;
    private const int HeaderChecksum = 2, Extra = 4, Name = 8, Comment = 16, Reserved = 0xE0;

    private readonly byte[] _input = new byte[1 << 16];
    private readonly Inflater _inflater = new(noHeader: true);
    private readonly Crc32 _checksum = new();
    private int _at;
    private int _end;
    private long _before; // bytes of the file before those of _input
    private long _unpacked; // bytes of this member
    private bool _inMember;
    private int _members;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="DataException">The file is no gzip, ends before its end, or is not what its checksum or its length says.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        while (count > 0)
        {
            if (!_inMember && !Begin()) return 0;
            var read = Inflate(buffer, offset, count);
            _checksum.Update(new ArraySegment<byte>(buffer, offset, read));
            _unpacked += read;
            if (_inflater.IsFinished) End();
            if (read > 0) return read;
        }
        return 0;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) packed.Dispose();
        base.Dispose(disposing);
    }

    private int Inflate(byte[] buffer, int offset, int count)
    {
        try
        {
            while (true)
            {
                var read = _inflater.Inflate(buffer, offset, count);
                if (read > 0 || _inflater.IsFinished) return read;
                if (!_inflater.IsNeedingInput || !Fill()) throw Cut("in the middle of its compressed data");
                _inflater.SetInput(_input, _at, _end - _at);
                _at = _end;
            }
        }
        catch (Exception broken) when (broken is SharpZipBaseException or IndexOutOfRangeException or ArgumentException)
        {
            throw new DataException($"{path}: the compressed data is damaged before byte {_before + _at:N0} of the file: {broken.Message.TrimEnd('.')}. Get the file again.", broken);
        }
    }

    /// <returns>Whether another member begins; false at the end of the file.</returns>
    private bool Begin()
    {
        if (_at == _end && !Fill()) return _members > 0 ? false : throw Cut("before its header");
        var start = _before + _at;
        var (first, second) = (Next(), _at < _end || Fill() ? Next() : -1);
        if (first != 0x1F || second != 0x8B)
        {
            throw new DataException(_members == 0
                ? FileKind.Recognise(_input.AsSpan(0, _end)) is ({ } found, var remedy)
                    ? $"{path}: {found}, expected gzip, which begins 1F 8B. {remedy}"
                    : $"{path}: the file is not gzip: it begins {first:X2}{(second < 0 ? "" : $" {second:X2}")}, expected 1F 8B. Take .gz off its name, or compress it with `gzip`."
                : $"{path}: other bytes follow the compressed data, from byte {start:N0} of the file on ({first:X2}…); expected the file's end or more gzip data. Get the file again.");
        }
        if (Next() is var method and not 8) throw new DataException($"{path}: the file is compressed by method {method}, expected 8 (deflate). Pack it again with `gzip`.");
        var flags = Next();
        if ((flags & Reserved) != 0) throw new DataException($"{path}: the gzip header has flags {flags:X2} that are not known. The file is damaged; get it again.");
        Skip(6); // time, extra flags, system
        if ((flags & Extra) != 0) Skip(Next() | (Next() << 8));
        if ((flags & Name) != 0) SkipText();
        if ((flags & Comment) != 0) SkipText();
        if ((flags & HeaderChecksum) != 0) Skip(2);
        _inflater.Reset();
        _inflater.SetInput(_input, _at, _end - _at);
        _at = _end;
        _checksum.Reset();
        (_inMember, _unpacked) = (true, 0);
        return true;
    }

    private void End()
    {
        _at = _end - _inflater.RemainingInput;
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        for (var i = 0; i < TrailerBytes; i++) trailer[i] = (byte)(_at < _end || Fill() ? _input[_at++] : throw Cut($"in its last {TrailerBytes} bytes, which hold its checksum and length"));
        var (checksum, length) = (BinaryPrimitives.ReadUInt32LittleEndian(trailer), BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]));
        if (checksum != (uint)_checksum.Value)
            throw new DataException($"{path}: the checksum (CRC-32) of what was unpacked is {(uint)_checksum.Value:x8}, the file says {checksum:x8}. The file is damaged; get it again.");
        if (length != (uint)_unpacked)
            throw new DataException($"{path}: {_unpacked:N0} bytes were unpacked, the file says {length:N0} (modulo 2^32). The file is damaged; get it again.");
        (_inMember, _members) = (false, _members + 1);
    }

    private int Next() => _at < _end || Fill() ? _input[_at++] : throw Cut("in its header");

    private void Skip(int count)
    {
        while (count-- > 0) Next();
    }

    private void SkipText()
    {
        while (Next() != 0)
        {
        }
    }

    private bool Fill()
    {
        _before += _end;
        (_at, _end) = (0, packed.Read(_input, 0, _input.Length));
        return _end > 0;
    }

    private DataException Cut(string where) => new($"{path}: the compressed file ends {where}, after {_before + _end:N0} bytes: it was cut off. Get it again.");
}
