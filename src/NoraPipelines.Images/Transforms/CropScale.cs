namespace NoraPipelines.Images;

/// <summary>The area of a random crop as a share of the picture's: least to most.</summary>
public readonly record struct CropScale(double Least, double Most);
