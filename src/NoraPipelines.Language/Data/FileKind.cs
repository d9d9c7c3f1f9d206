namespace NoraPipelines.Data;

/// <summary>Tells files that are not text in UTF-8 by their first bytes.</summary>
internal static class FileKind
{
    /// <summary>Bytes at a file's start that tell its kind.</summary>
    public const int LongestMark = 32;

    /// <exception cref="DataException">Says what the file is and how to make it readable.</exception>
    public static void RefuseOthers(string path, ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty) throw new DataException($"{path}: the file is empty; expected at least one row.");
        var (found, remedy) = Recognise(start);
        if (found is not null) throw new DataException($"{path}: {found}, expected text in UTF-8. {remedy}");
    }

    /// <summary>What the file is, or null where it may be text, and how to make it readable.</summary>
    public static (string? Found, string Remedy) Recognise(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith<byte>([0x1F, 0x8B])) return ("this is a gzip file (it begins 1F 8B)", "Unpack it with `gunzip`, or name it with .gz at its end.");
        if (start.StartsWith("PK\u0003\u0004"u8)) return ("this is a zip file (it begins PK)", "Unpack it with `unzip`.");
        if (start.StartsWith<byte>([0x28, 0xB5, 0x2F, 0xFD]))
            return ("this is a zstd file (it begins 28 B5)", "Unpack it with `unzstd`.");
        if (start is [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31 or 0x17, ..])
            return ("this is a bzip2 file (it begins BZh)", "Unpack it with `bunzip2`.");
        if (start.StartsWith<byte>([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0])) return ("this is an xz file (it begins FD 37)", "Unpack it with `unxz`.");
        if (start.StartsWith<byte>([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C])) return ("this is a 7z file (it begins 7z)", "Unpack it with `7z x`.");
        if (start.StartsWith("version https://git-lfs"u8))
            return ("this is a git-LFS pointer, not the content it stands for", "Run `git lfs install` and `git lfs pull` in its folder.");
        if (start.StartsWith("PAR1"u8)) return ("this is a Parquet file (it begins PAR1)", "Name it with .parquet at its end.");
        const string Convert = "Convert it with `iconv -t UTF-8 -f ";
        if (start.StartsWith<byte>([0xFF, 0xFE, 0, 0]) || start.StartsWith<byte>([0, 0, 0xFE, 0xFF]))
            return ("the file is in UTF-32 (byte order mark at offset 0)", Convert + "UTF-32`.");
        if (start.StartsWith<byte>([0xFF, 0xFE]) || start.StartsWith<byte>([0xFE, 0xFF]))
            return ("the file is in UTF-16 (byte order mark at offset 0)", Convert + "UTF-16`.");
        return start switch
        {
            [not 0, 0, ..] => ("the file looks like UTF-16 (zero byte at offset 1)", Convert + "UTF-16LE`."),
            [0, not 0, ..] => ("the file looks like UTF-16 (zero byte at offset 0)", Convert + "UTF-16BE`."),
            _ => (null, ""),
        };
    }
}
