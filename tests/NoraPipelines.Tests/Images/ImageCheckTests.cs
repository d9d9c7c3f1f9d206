using NoraPipelines.Data;
using NoraPipelines.Images;
using NoraPipelines.Tests.Data;

namespace NoraPipelines.Tests.Images;

public sealed class ImageCheckTests : IDisposable
{
    private readonly WrittenFiles _files = new();
    private readonly List<LabelledImage> _rows = [];

    public ImageCheckTests()
    {
        var good = File.ReadAllBytes(GoldenPictures.Path("wide-420.jpg"));
        Add("0.jpg", good);
        Add("1-missing.jpg", null);
        Add("2-cut.jpg", good[..9000]);
        Add("3-empty.jpg", []);
        Add("4.jpg", good);
        _rows.Add(_rows[3]);
    }

    [Theory]
    [InlineData(ImageCheckDepth.Present, 1, 1)]
    [InlineData(ImageCheckDepth.Header, 2, 3)]
    [InlineData(ImageCheckDepth.Whole, 3, 4)]
    public void Rows_of_images_that_cannot_be_used_are_left_out_and_counted(ImageCheckDepth depth, int problems, int leftOut)
    {
        var found = ImageCheck.Of(_rows, depth, OnImageError.Skip);
        Assert.Equal((6, problems, 6 - leftOut), (found.Rows, found.Problems.Count, found.Kept.Count));
        Assert.Equal($"6 rows: {leftOut} left out", found.Describe());
        Assert.Contains($"{leftOut} of 6 rows are left out, because {problems} image", Assert.Single(found.Warnings()));
        Assert.Contains("1-missing.jpg: there is no such file.", found.Warnings().First());
        Assert.Equal("0.jpg", found.Kept[0].Name);
    }

    [Fact]
    public void The_first_image_that_cannot_be_used_is_an_error_with_the_number_of_them()
    {
        var refused = Assert.Throws<DataException>(() => ImageCheck.Of(_rows, ImageCheckDepth.Whole, OnImageError.Stop));
        Assert.Equal($"{_rows[1].Path}: there is no such file. (3 of 5 images cannot be used; `on_error: skip` leaves them out.)", refused.Message);
    }

    [Fact]
    public void A_set_without_any_image_that_can_be_used_is_an_error() => Assert.Contains("(1 of 1 images cannot be used.)",
        Assert.Throws<DataException>(() => ImageCheck.Of([_rows[1]], ImageCheckDepth.Present, OnImageError.Skip)).Message);

    [Fact]
    public void Images_that_can_all_be_used_give_nothing_to_warn_of()
    {
        var found = ImageCheck.Of([_rows[0], _rows[4]], ImageCheckDepth.Whole, OnImageError.Stop);
        Assert.Equal([_rows[0], _rows[4]], found.Kept);
        Assert.Empty(found.Warnings());
    }

    public void Dispose() => _files.Dispose();

    private void Add(string name, byte[]? bytes)
    {
        if (bytes is not null) _files.Write(name, bytes);
        _rows.Add(new LabelledImage(_files.Folder, name, _rows.Count % 2));
    }
}
