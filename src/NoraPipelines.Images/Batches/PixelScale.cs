namespace NoraPipelines.Images;

/// <summary>How 8 bits become numbers: (value / 255 − mean) / deviation for red, green and blue, in float32.</summary>
public sealed record PixelScale(float[] Mean, float[] Deviation)
{
    /// <summary>Of OpenAI's CLIP and all who follow it.</summary>
    public static PixelScale Clip { get; } = new([0.48145466f, 0.4578275f, 0.40821073f], [0.26862954f, 0.26130258f, 0.27577711f]);
}
