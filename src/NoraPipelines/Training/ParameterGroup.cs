namespace NoraPipelines.Training;

/// <summary>How one parameter differs from the others in <see cref="AdamW"/>.</summary>
/// <param name="RateRatio">Multiplies the learning rate, in the step and in the decay.</param>
/// <param name="Decays">Whether weight decay acts.</param>
public sealed record ParameterGroup(double RateRatio, bool Decays)
{
    /// <summary>The optimizer's own rate and decay.</summary>
    public static ParameterGroup Plain { get; } = new(1, Decays: true);
}
