using NoraPipelines.Data;
using SkiaSharp;

namespace NoraPipelines.Images;

/// <summary>
/// Reads picture files as Pillow's <c>open(file).convert("RGB")</c> does: alpha is dropped, not blended; palettes are looked up; CMYK becomes RGB by the
/// plain formula; the orientation of EXIF, ICC profiles and gamma are ignored; 16 bits are cut to their upper 8. Held to Pillow 9.4 byte for byte
/// (tests/golden/clip-preprocess/README.md).
/// </summary>
public static class PictureFile
{
    /// <summary>Pixels that a picture may have, Pillow's own bound: a few bytes of a file may claim gigabytes.</summary>
    public const long MostPixels = 89_478_485;

    /// <summary>Pixels that a side may have: as many as a JPEG's.</summary>
    public const int LongestSide = 65_535;

    /// <summary>Bytes that a file may have.</summary>
    public const long MostBytes = 1L << 28;

    /// <summary>The whole picture; of an animated one its first frame.</summary>
    /// <exception cref="DataException">The file is missing, no picture of a format that is read, too large, cut off or damaged; the message begins with its path.</exception>
    public static Picture Read(string path) => Decode(path, Bytes(path));

    /// <summary>What a file's header says; pixels are not decoded.</summary>
    /// <exception cref="DataException">As of <see cref="Read"/>, but for damage beyond the header.</exception>
    public static PictureHeader ReadHeader(string path) => Open(path, Bytes(path), (_, header) => header);

    /// <summary>As <see cref="Read"/>, of a file's bytes.</summary>
    /// <param name="path">For messages.</param>
    public static Picture Decode(string path, byte[] bytes) => Open(path, bytes, (codec, header) => Pixels(path, codec, header));

    private static T Open<T>(string path, byte[] bytes, Func<SKCodec, PictureHeader, T> use)
    {
        var start = bytes.AsSpan(0, Math.Min(64, bytes.Length));
        if (PictureKind.Of(start) is not { } kind) throw new DataException($"{path}: {PictureKind.Describe(start)}; expected {PictureKind.Read}.");
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data);
        if (codec is null) throw new DataException($"{path}: the file begins as {kind}, and its header is cut off or damaged. Replace or remove it.");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width <= 0 || height <= 0) throw new DataException($"{path}: the {kind} file says that it is {width} × {height} pixels. Replace or remove it.");
        if ((long)width * height > MostPixels || Math.Max(width, height) > LongestSide)
        {
            throw new DataException($"{path}: the {kind} file says that it is {Sizes.Count(width)} × {Sizes.Count(height)} pixels; expected at most "
                + $"{Sizes.Count(MostPixels)} in all and {Sizes.Count(LongestSide)} a side. Make it smaller, or remove it.");
        }
        return use(codec, new PictureHeader(kind, width, height, Math.Max(1, codec.FrameCount)));
    }

    private static Picture Pixels(string path, SKCodec codec, PictureHeader header)
    {
        // No colour space: nothing is converted. Not premultiplied: colours under alpha are what the file holds.
        var info = new SKImageInfo(header.Width, header.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var rgba = GC.AllocateUninitializedArray<byte>(checked(4 * header.Width * header.Height));
        SKCodecResult result;
        unsafe
        {
            fixed (byte* pixels = rgba) result = codec.GetPixels(info, (nint)pixels);
        }
        return result switch
        {
            SKCodecResult.Success => new Picture(header.Width, header.Height, WithoutAlpha(rgba)),
            SKCodecResult.IncompleteInput => throw new DataException($"{path}: the {header.Kind} file ends before its picture does. Replace or remove it."),
            _ => throw new DataException($"{path}: the {header.Kind} file is damaged ({result}). Replace or remove it."),
        };
    }

    private static byte[] WithoutAlpha(byte[] rgba)
    {
        var rgb = GC.AllocateUninitializedArray<byte>(rgba.Length / 4 * 3);
        for (int from = 0, to = 0; from < rgba.Length; from += 4, to += 3) (rgb[to], rgb[to + 1], rgb[to + 2]) = (rgba[from], rgba[from + 1], rgba[from + 2]);
        return rgb;
    }

    private static byte[] Bytes(string path)
    {
        try
        {
            if (Directory.Exists(path)) throw new DataException($"{path} is a folder, expected a picture.");
            var file = new FileInfo(path);
            if (!file.Exists) throw new DataException($"{path}: there is no such file.");
            if (file.Length > MostBytes)
                throw new DataException($"{path}: the file has {Sizes.Bytes(file.Length)}; expected at most {Sizes.Bytes(MostBytes)}. Make it smaller, or remove it.");
            return File.ReadAllBytes(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"{path} cannot be read: {refused.Message}", refused);
        }
    }
}
