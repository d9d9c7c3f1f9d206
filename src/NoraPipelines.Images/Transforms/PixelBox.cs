namespace NoraPipelines.Images;

/// <summary>A part of a picture, in whole pixels from its upper left corner.</summary>
public readonly record struct PixelBox(int Left, int Top, int Width, int Height);
