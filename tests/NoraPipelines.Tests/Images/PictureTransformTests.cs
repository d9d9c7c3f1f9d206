using NoraPipelines.Checkpoints;
using NoraPipelines.Images;
using NoraPipelines.Tests.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Images;

/// <summary>Geometry and numbers against Pillow and torchvision.</summary>
public sealed class PictureTransformTests
{
    private static readonly CropScale Whole = new(0.08, 1);

    public static TheoryData<string> Golden => GoldenPictures.Names;

    [Theory]
    [MemberData(nameof(Golden))]
    public void The_middle_of_a_picture_is_that_of_torchvision(string name)
    {
        var (expected, picture) = (GoldenPictures.Images.GetProperty(name), GoldenPictures.Read(name));
        foreach (var size in (int[])[224, 32])
        {
            var seen = new PictureTransform(size).Apply(picture, new TorchRandom(0));
            Assert.Equal((size, size), (seen.Width, seen.Height));
            Assert.Equal(expected.Text($"crop_{size}_sha256"), GoldenPictures.Hash(seen));
        }
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void Numbers_are_those_of_torchvision(string name)
    {
        using var scope = NewDisposeScope();
        using var outputs = SafetensorsFile.Open(GoldenPictures.Outputs);
        var seen = new PictureTransform(32).Apply(GoldenPictures.Read(name), new TorchRandom(0));
        var pixels = ImageBatches.Of([seen, seen], [3, 5], PixelScale.Clip); // [2, 3, 32, 32]
        Assert.Equal([3, 5], pixels.Labels.data<long>().ToArray());
        Near.Check(outputs.Read($"normalised_32.{name}"), pixels.Pixels[1], 1e-6, 0, name);
    }

    [Fact]
    public void Boxes_of_random_crops_are_those_of_torchvision()
    {
        var boxes = GoldenPictures.Boxes.EnumerateArray().ToList();
        Assert.Equal(40, boxes.Count);
        foreach (var box in boxes)
        {
            var random = new TorchRandom((uint)box.Whole("seed"));
            var scale = new CropScale(box.GetProperty("scale")[0].GetDouble(), box.GetProperty("scale")[1].GetDouble());
            var drawn = RandomCrop.Draw(box.Whole("width"), box.Whole("height"), scale, random);
            Assert.Equal(new PixelBox(box.Whole("left"), box.Whole("top"), box.Whole("crop_width"), box.Whole("crop_height")), drawn);
            Assert.Equal(box.GetProperty("next_uniform").GetSingle(), random.Uniform(0, 1));
        }
    }

    [Fact]
    public void A_crop_that_is_resized_and_mirrored_is_that_of_torchvision()
    {
        var crops = GoldenPictures.Crops.EnumerateArray().ToList();
        Assert.Equal(4, crops.Count);
        foreach (var crop in crops)
        {
            var box = new PixelBox(crop.Whole("left"), crop.Whole("top"), crop.Whole("width"), crop.Whole("height"));
            var seen = BicubicResampler.Resize(GoldenPictures.Read(crop.Text("image")), box, crop.Whole("size"), crop.Whole("size"));
            Assert.Equal(crop.Text("sha256"), GoldenPictures.Hash(crop.GetProperty("flip").GetBoolean() ? PictureTransform.Mirrored(seen) : seen));
        }
    }

    [Fact]
    public void Numbers_are_drawn_as_by_torch()
    {
        foreach (var seed in (uint[])[0, 1, 7, uint.MaxValue])
        {
            using var generator = new Generator(seed);
            var random = new TorchRandom(seed);
            for (var i = 0; i < 700; i++)
            {
                using var number = empty(1).uniform_(-0.25, 3, generator);
                using var whole = randint(0, 1 + i, [1], generator: generator);
                Assert.Equal(number.item<float>(), random.Uniform(-0.25f, 3));
                Assert.Equal(whole.to(ScalarType.Int64).item<long>(), random.Below(1 + i));
            }
        }
    }

    [Fact]
    public void A_window_of_a_resized_picture_is_that_part_of_the_whole()
    {
        var picture = GoldenPictures.Read("wide-420.jpg");
        var (whole, window) = (BicubicResampler.Resize(picture, null, 90, 60), new PixelBox(31, 17, 20, 9));
        var part = BicubicResampler.Resize(picture, null, 90, 60, window);
        for (var row = 0; row < window.Height; row++)
            Assert.Equal(whole.Rgb.AsSpan(3 * ((window.Top + row) * 90 + window.Left), 60).ToArray(), part.Rgb.AsSpan(60 * row, 60).ToArray());
    }

    [Fact]
    public void A_picture_of_the_same_size_is_unchanged()
    {
        var picture = GoldenPictures.Read("small-32.jpg");
        Assert.Equal(picture.Rgb, new PictureTransform(32).Apply(picture, new TorchRandom(0)).Rgb);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 400)]
    [InlineData(400, 1)]
    [InlineData(2, 65_535)]
    [InlineData(65_535, 1)]
    [InlineData(3, 3)]
    public void Every_shape_of_picture_gives_a_square(int width, int height)
    {
        var picture = new Picture(width, height, [.. Enumerable.Repeat((byte)77, 3 * width * height)]);
        for (var seed = 0u; seed < 20; seed++)
        {
            foreach (var transform in (PictureTransform[])[new(16), new(16) { Crop = Whole, Flip = 0.5 }])
                Assert.Equal(Enumerable.Repeat((byte)77, 3 * 16 * 16), transform.Apply(picture, new TorchRandom(seed)).Rgb);
        }
    }

    [Fact]
    public void A_training_transform_crops_and_then_mirrors()
    {
        var picture = GoldenPictures.Read("wide-420.jpg");
        foreach (var box in GoldenPictures.Boxes.EnumerateArray().Take(4))
        {
            var crop = BicubicResampler.Resize(picture, new PixelBox(box.Whole("left"), box.Whole("top"), box.Whole("crop_width"), box.Whole("crop_height")), 48, 48);
            var seen = new PictureTransform(48) { Crop = Whole, Flip = 0.5 }.Apply(picture, new TorchRandom((uint)box.Whole("seed")));
            Assert.Equal((box.GetProperty("flip").GetBoolean() ? PictureTransform.Mirrored(crop) : crop).Rgb, seen.Rgb);
        }
    }
}
