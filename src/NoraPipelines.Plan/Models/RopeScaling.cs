namespace NoraPipelines.Plans;

/// <summary>How the rotary frequencies are stretched for texts longer than a model was first trained on (config.json: rope_scaling).</summary>
public abstract record RopeScaling
{
    private RopeScaling()
    {
    }

    /// <summary>All wavelengths are multiplied by <see cref="Factor"/> (rope_type "linear"; Chen et al. 2023).</summary>
    public sealed record Linear(double Factor) : RopeScaling;

    /// <summary>
    /// Llama 3.1 (rope_type "llama3"): long wavelengths are multiplied by <see cref="Factor"/>, short ones kept, those between blended.
    /// </summary>
    public sealed record Llama3(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalMaxPositions) : RopeScaling;
}
