using NoraPipelines.Data;
using NoraPipelines.Images;
using NoraPipelines.Tests.Data;
using NoraPipelines.Tests.Images;

namespace NoraPipelines.Tests.Fuzzing;

/// <summary>Whatever stands in the files of a data set of images, they are read or refused in words: what decodes them is native code.</summary>
public sealed class ImageFuzzTests : IDisposable
{
    private static readonly PictureTransform Training = new(16) { Crop = new CropScale(0.08, 1), Flip = 0.5 };
    private readonly WrittenFiles _files = new();

    [Theory]
    [InlineData("small-32.jpg", "grey.jpg", "cmyk.jpg")]
    [InlineData("palette.png", "grey-alpha.png", "lossless.png")]
    [InlineData("lossy.webp", "small-32.jpg", "palette.png")]
    public void A_picture_is_read_or_refused(params string[] names) => Fuzz.Run(150,
        [.. names.Select(name => File.ReadAllBytes(GoldenPictures.Path(name)))], bytes => Read("a.jpg", bytes), problem => problem is DataException);

    [Fact]
    public void A_small_picture_with_another_header_is_read_or_refused() => Fuzz.Run(600,
    [
        PictureFileTests.Png(3, 2, 8, 3, [0, 0, 1, 2, 0, 2, 1, 0], ("PLTE", [10, 20, 30, 40, 50, 60, 70, 80, 90]), ("tRNS", [0, 128])),
        PictureFileTests.Png(2, 1, 16, 2, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        PictureFileTests.Gif, PictureFileTests.Bitmap,
    ], bytes => Read("a.png", bytes), problem => problem is DataException);

    [Fact]
    public void A_split_file_is_read_or_refused() => Fuzz.Run(1500,
        ["""{"train": [["a/1.jpg", 0, "für {}"], ["b/1.jpg", 3, "b_c"]], "val": [["a/2.jpg", 0, "für {}"]], "test": [["b/\u00e9.jpg", 3, "b_c"]]}"""u8.ToArray()],
        bytes =>
        {
            var path = _files.Write("split_zhou_a.json", bytes);
            try
            {
                var set = ImageSets.Open(_files.Folder);
                Assert.All([.. set.Train, .. set.Validation, .. set.Test], row =>
                {
                    Assert.InRange(row.Label, 0, set.Classes.Count - 1);
                    Assert.StartsWith(_files.Folder + Path.DirectorySeparatorChar, Path.GetFullPath(row.Path));
                });
            }
            catch (DataException refused)
            {
                Assert.StartsWith(path, refused.Message);
                throw;
            }
        }, problem => problem is DataException);

    public void Dispose() => _files.Dispose();

    private void Read(string name, byte[] bytes)
    {
        var path = _files.Write(name, bytes);
        try
        {
            Training.Apply(PictureFile.Read(path), new TorchRandom(1));
        }
        catch (DataException refused)
        {
            Assert.StartsWith(path, refused.Message);
            throw;
        }
    }
}
