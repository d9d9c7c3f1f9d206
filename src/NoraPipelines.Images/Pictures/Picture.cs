namespace NoraPipelines.Images;

/// <summary>A decoded picture.</summary>
/// <param name="width">Pixels.</param>
/// <param name="height">Pixels.</param>
/// <param name="rgb">[height, width, 3] of 8 bits: red, green, blue, rows from the top.</param>
public sealed class Picture(int width, int height, byte[] rgb)
{
    public int Width { get; } = width;

    public int Height { get; } = height;

    /// <summary>[height, width, 3] of 8 bits.</summary>
    public byte[] Rgb { get; } = rgb.LongLength == 3L * width * height && width > 0 && height > 0 ? rgb
        : throw new ArgumentException($"{rgb.LongLength} bytes are no picture of {width} × {height} pixels of 3 bytes.", nameof(rgb));
}
