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
    /// The base grows with a text that is longer than <see cref="OriginalMaxPositions"/>, up to <see cref="Factor"/> times as many (rope_type
    /// "dynamic", NTK-aware; _compute_dynamic_ntk_parameters of modeling_rope_utils.py).
    /// </summary>
    public sealed record Dynamic(double Factor, int OriginalMaxPositions) : RopeScaling;

    /// <summary>
    /// Llama 3.1 (rope_type "llama3"): long wavelengths are multiplied by <see cref="Factor"/>, short ones kept, those between blended.
    /// </summary>
    public sealed record Llama3(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalMaxPositions) : RopeScaling;
}
