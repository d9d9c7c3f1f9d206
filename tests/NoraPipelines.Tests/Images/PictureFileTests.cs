using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using NoraPipelines.Data;
using NoraPipelines.Images;
using NoraPipelines.Tests.Data;

namespace NoraPipelines.Tests.Images;

public sealed class PictureFileTests : IDisposable
{
    private readonly WrittenFiles _files = new();

    public static TheoryData<string> Golden => GoldenPictures.Names;

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_picture_is_decoded_as_by_pillow(string name)
    {
        var expected = GoldenPictures.Images.GetProperty(name);
        var picture = GoldenPictures.Read(name);
        Assert.Equal((expected.Whole("width"), expected.Whole("height")), (picture.Width, picture.Height));
        Assert.Equal(expected.Text("rgb_sha256"), GoldenPictures.Hash(picture));
    }

    [Fact]
    public void A_file_is_read_by_its_content_whatever_its_name()
    {
        var path = _files.Write("a.jpg", File.ReadAllBytes(GoldenPictures.Path("lossless.png")));
        Assert.Equal(GoldenPictures.Read("lossless.png").Rgb, PictureFile.Read(path).Rgb);
        Assert.Equal(new PictureHeader("PNG", 197, 181, 1), PictureFile.ReadHeader(path));
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("This is not a picture.\n", "the file is text")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "the file is text")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "git-LFS pointer")]
    [InlineData("II*\0\u0008\0\0\0", "a TIFF picture")]
    [InlineData("\0\0\0 ftypavif", "AVIF")]
    [InlineData("P6\n1 1\n255\n123", "a PNM picture")]
    [InlineData("PK\u0003\u0004", "a ZIP archive")]
    [InlineData("\u0001\u0002\u0003", "begins with the bytes 010203")]
    public void What_is_no_picture_is_told_with_what_is_read(string content, string said)
    {
        var path = _files.Write("a.jpg", content);
        var refused = Assert.Throws<DataException>(() => PictureFile.Read(path));
        Assert.StartsWith(path + ": ", refused.Message);
        Assert.Contains(said, refused.Message);
        Assert.Contains(PictureKind.Read, refused.Message);
    }

    [Theory]
    [InlineData("wide-420.jpg", 0.5)]
    [InlineData("tall-444-progressive.jpg", 0.3)]
    [InlineData("lossless.png", 0.7)]
    [InlineData("palette.png", 0.7)]
    [InlineData("lossy.webp", 0.6)]
    public void A_file_that_is_cut_off_is_no_picture(string name, double share)
    {
        var bytes = File.ReadAllBytes(GoldenPictures.Path(name));
        var path = _files.Write(name, bytes[..(int)(bytes.Length * share)]);
        Assert.Matches($"^{path}: the (JPEG|PNG|WebP) file (ends before its picture does|is damaged)", Assert.Throws<DataException>(() => PictureFile.Read(path)).Message);
    }

    [Fact]
    public void As_by_pillow_a_png_may_lack_its_end_mark_and_a_jpeg_may_not()
    {
        string Cut(string name, int mark) => _files.Write(name, File.ReadAllBytes(GoldenPictures.Path(name))[..^mark]);
        Assert.Equal(GoldenPictures.Read("lossless.png").Rgb, PictureFile.Read(Cut("lossless.png", 12)).Rgb);
        Assert.Contains("ends before its picture does", Assert.Throws<DataException>(() => PictureFile.Read(Cut("wide-420.jpg", 2))).Message);
    }

    [Theory]
    [InlineData("wide-420.jpg")]
    [InlineData("lossless.png")]
    [InlineData("lossy.webp")]
    public void A_header_that_is_cut_off_is_told(string name)
    {
        var path = _files.Write(name, File.ReadAllBytes(GoldenPictures.Path(name))[..13]);
        Assert.Contains("its header is cut off or damaged", Assert.Throws<DataException>(() => PictureFile.Read(path)).Message);
    }

    [Theory]
    [InlineData(30_000, 30_000)]
    [InlineData(100_000, 1)]
    [InlineData(65_536, 2)]
    public void A_bomb_is_refused_by_its_header(int width, int height)
    {
        var path = _files.Write("bomb.png", Png(width, height, 8, 2, "a few bytes"u8.ToArray()));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refused = Assert.Throws<DataException>(() => PictureFile.Read(path));
        Assert.Contains($"says that it is {width:N0} × {height:N0} pixels; expected at most 89,478,485 in all and 65,535 a side", refused.Message);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void Of_sixteen_bits_the_upper_eight_are_taken()
    {
        var colour = PictureFile.Read(_files.Write("colour.png", Png(2, 1, 16, 2, [0, 0x12, 0xFF, 0x34, 0x00, 0x56, 0xF0, 0x80, 0x01, 0x7F, 0xFF, 0xFF, 0xFE])));
        Assert.Equal([0x12, 0x34, 0x56, 0x80, 0x7F, 0xFF], colour.Rgb);
        var grey = PictureFile.Read(_files.Write("grey.png", Png(2, 1, 16, 0, [0, 0x12, 0xFF, 0x80, 0x01])));
        Assert.Equal([0x12, 0x12, 0x12, 0x80, 0x80, 0x80], grey.Rgb);
    }

    [Fact]
    public void Colours_of_a_palette_are_kept_where_they_are_transparent()
    {
        var path = _files.Write("palette.png", Png(3, 1, 8, 3, [0, 0, 1, 2], ("PLTE", [10, 20, 30, 40, 50, 60, 70, 80, 90]), ("tRNS", [0, 128])));
        Assert.Equal([10, 20, 30, 40, 50, 60, 70, 80, 90], PictureFile.Read(path).Rgb);
    }

    [Fact]
    public void Of_an_animation_the_first_frame_is_read_and_the_others_are_told()
    {
        var path = _files.Write("a.gif", Gif);
        Assert.Equal(new PictureHeader("GIF", 1, 1, 2), PictureFile.ReadHeader(path));
        Assert.Equal([255, 0, 0], PictureFile.Read(path).Rgb);
    }

    [Fact]
    public void A_bitmap_is_read()
    {
        var path = _files.Write("a.bmp", Bitmap);
        Assert.Equal([3, 2, 1, 6, 5, 4], PictureFile.Read(path).Rgb);
    }

    [Fact]
    public void A_folder_and_a_file_that_is_not_there_are_told()
    {
        Assert.Contains("is a folder, expected a picture", Assert.Throws<DataException>(() => PictureFile.Read(_files.Folder)).Message);
        Assert.Contains("there is no such file", Assert.Throws<DataException>(() => PictureFile.Read(Path.Combine(_files.Folder, "a.jpg"))).Message);
    }

    public void Dispose() => _files.Dispose();

    /// <summary>Two frames of 1 × 1 pixel, red and green.</summary>
    internal static byte[] Gif { get; } = [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 255, 0, .. Frame(0x44), .. Frame(0x4C), 0x3B];

    /// <summary>2 × 1 pixels of 24 bits: blue, green, red; rows are padded to four bytes.</summary>
    internal static byte[] Bitmap { get; } =
    [
        (byte)'B', (byte)'M', 62, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, .. new byte[24], 1, 2, 3, 4, 5, 6, 0, 0,
    ];

    /// <summary>A PNG file of one block of data.</summary>
    internal static byte[] Png(int width, int height, byte bits, byte colours, byte[] rows, params (string Name, byte[] Data)[] more)
    {
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal)) zlib.Write(rows);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (bits, colours);
        return
        [
            0x89, .. "PNG\r\n\x1A\n"u8, .. Chunk("IHDR", header), .. more.SelectMany(chunk => Chunk(chunk.Name, chunk.Data)), .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", []),
        ];
    }

    private static byte[] Frame(byte codes) => [0x21, 0xF9, 4, 0, 10, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, codes, 1, 0];

    private static byte[] Chunk(string name, byte[] data)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(name), .. data];
        var (length, check) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(check, Crc(named));
        return [.. length, .. named, .. check];
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0xEDB88320);
        }
        return ~crc;
    }
}
