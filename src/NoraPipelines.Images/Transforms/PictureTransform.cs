namespace NoraPipelines.Images;

/// <summary>
/// What a model sees of a picture. For training a random crop (<see cref="Crop"/>), perhaps mirrored; otherwise the middle of the picture at the size that its
/// shorter side fits. Bicubic both times; equal to torchvision's transforms on pictures of Pillow.
/// </summary>
/// <param name="Size">Pixels of a side of what the model sees.</param>
public sealed record PictureTransform(int Size)
{
    /// <summary>Null: the middle.</summary>
    public CropScale? Crop { get; init; }

    /// <summary>How often a picture is mirrored, 0 … 1.</summary>
    public double Flip { get; init; }

    /// <summary>Whether anything is drawn.</summary>
    public bool IsRandom => Crop is not null || Flip > 0;

    /// <summary>[Size, Size] pixels of a picture.</summary>
    /// <param name="random">What is drawn comes from here, the crop first.</param>
    public Picture Apply(Picture picture, TorchRandom random)
    {
        var seen = Crop is { } scale
            ? BicubicResampler.Resize(picture, RandomCrop.Draw(picture.Width, picture.Height, scale, random), Size, Size)
            : Middle(picture);
        return Flip > 0 && random.Uniform(0, 1) < Flip ? Mirrored(seen) : seen;
    }

    /// <summary>A picture with left and right exchanged.</summary>
    public static Picture Mirrored(Picture picture)
    {
        var (width, rgb) = (picture.Width, new byte[picture.Rgb.Length]);
        for (var pixel = 0; pixel < width * picture.Height; pixel++)
        {
            var (row, column) = Math.DivRem(pixel, width);
            picture.Rgb.AsSpan(3 * pixel, 3).CopyTo(rgb.AsSpan(3 * (row * width + width - 1 - column)));
        }
        return new Picture(width, picture.Height, rgb);
    }

    // Resize(Size) of the shorter side, the longer one cut to a whole number; then CenterCrop(Size), whose offset is rounded half to even.
    private Picture Middle(Picture picture)
    {
        var (width, height) = picture.Width <= picture.Height
            ? (Size, (int)((long)Size * picture.Height / picture.Width))
            : ((int)((long)Size * picture.Width / picture.Height), Size);
        var (left, top) = ((int)Math.Round((width - Size) / 2.0), (int)Math.Round((height - Size) / 2.0));
        return BicubicResampler.Resize(picture, null, width, height, new PixelBox(left, top, Size, Size));
    }
}
