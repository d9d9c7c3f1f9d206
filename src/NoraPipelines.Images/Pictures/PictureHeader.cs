namespace NoraPipelines.Images;

/// <summary>What a picture's file says of itself before anything is decoded.</summary>
/// <param name="Kind">JPEG, PNG, WebP, GIF or BMP, by content.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Frames">More than 1 where it is animated; the first one is read.</param>
public sealed record PictureHeader(string Kind, int Width, int Height, int Frames);
