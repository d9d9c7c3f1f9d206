namespace NoraPipelines.Images;

/// <summary>What a file is by its first bytes, whatever its name says.</summary>
internal static class PictureKind
{
    public const string Read = "JPEG, PNG, WebP, GIF and BMP";

    /// <summary>The name of a format that is read; null where it is none.</summary>
    public static string? Of(ReadOnlySpan<byte> start) => start switch
    {
        [0xFF, 0xD8, 0xFF, ..] => "JPEG",
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "PNG",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "WebP",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "GIF",
        [(byte)'B', (byte)'M', ..] => "BMP",
        _ => null,
    };

    /// <summary>What a file is that is not read, as a message goes on after its path.</summary>
    public static string Describe(ReadOnlySpan<byte> start) => start switch
    {
        [] => "the file is empty",
        _ when start.StartsWith("version https://git-lfs"u8) => "the file is a git-LFS pointer, not the picture it stands for (run 'git lfs pull' in its folder)",
        [(byte)'I', (byte)'I', 0x2A, 0, ..] or [(byte)'M', (byte)'M', 0, 0x2A, ..] => "the file is a TIFF picture, which is not read",
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => "the file is a HEIC, AVIF or MP4 file, which is not read",
        [0xFF, 0x0A, ..] or [0, 0, 0, 0x0C, (byte)'J', (byte)'X', (byte)'L', ..] => "the file is a JPEG XL picture, which is not read",
        [0, 0, 0, 0x0C, (byte)'j', (byte)'P', ..] => "the file is a JPEG 2000 picture, which is not read",
        [(byte)'P', >= (byte)'1' and <= (byte)'7', (byte)'\n' or (byte)' ' or (byte)'\r', ..] => "the file is a PNM picture, which is not read",
        [(byte)'P', (byte)'K', 3, 4, ..] => "the file is a ZIP archive",
        [0x1F, 0x8B, ..] => "the file is a gzip archive",
        _ when IsText(start) => "the file is text",
        _ => $"the file begins with the bytes {Convert.ToHexString(start[..Math.Min(8, start.Length)])}, which is no picture",
    };

    private static bool IsText(ReadOnlySpan<byte> start)
    {
        foreach (var value in start)
            if (value is < (byte)' ' and not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f')) return false;
        return true;
    }
}
