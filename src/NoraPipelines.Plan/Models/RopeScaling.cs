namespace NoraPipelines.Plans;

/// <summary>
/// Llama 3.1's stretching of the rotary frequencies (config.json: rope_scaling of rope_type "llama3"): long wavelengths are
/// divided by <see cref="Factor"/>, short ones kept, those between blended.
/// </summary>
public sealed record RopeScaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalMaxPositions);
