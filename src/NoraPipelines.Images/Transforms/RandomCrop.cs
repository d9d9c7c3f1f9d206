namespace NoraPipelines.Images;

/// <summary>
/// Which part of a picture a pass sees: of a random area and aspect, after torchvision's <c>RandomResizedCrop.get_params</c> (0.14.1), with the same numbers in
/// the same order. Ten tries, then as much of the middle as the aspects allow.
/// </summary>
internal static class RandomCrop
{
    private const int Tries = 10;
    private const double Narrowest = 3.0 / 4, Widest = 4.0 / 3;
    private static readonly float LogNarrowest = MathF.Log((float)Narrowest), LogWidest = MathF.Log((float)Widest);

    /// <param name="width">Of the picture.</param>
    /// <param name="height">Of the picture.</param>
    public static PixelBox Draw(int width, int height, CropScale scale, TorchRandom random)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var area = (double)height * width * random.Uniform((float)scale.Least, (float)scale.Most);
            double aspect = MathF.Exp(random.Uniform(LogNarrowest, LogWidest));
            var (w, h) = (Math.Round(Math.Sqrt(area * aspect)), Math.Round(Math.Sqrt(area / aspect)));
            if (w < 1 || w > width || h < 1 || h > height) continue;
            var top = random.Below(height - (int)h + 1);
            return new PixelBox(random.Below(width - (int)w + 1), top, (int)w, (int)h);
        }
        var ratio = (double)width / height;
        var (inner, outer) = ratio < Narrowest ? (width, (int)Math.Round(width / Narrowest))
            : ratio > Widest ? ((int)Math.Round(height * Widest), height) : (width, height);
        // A picture of one row or column may round to more than it has, or to nothing.
        (inner, outer) = (Math.Clamp(inner, 1, width), Math.Clamp(outer, 1, height));
        return new PixelBox((width - inner) / 2, (height - outer) / 2, inner, outer);
    }
}
