using NoraPipelines.Models;

namespace NoraPipelines.Training;

/// <summary>How one parameter differs from the others in <see cref="AdamW"/>.</summary>
/// <param name="RateRatio">Multiplies the learning rate, in the step and in the decay.</param>
/// <param name="Decays">Whether weight decay acts.</param>
public sealed record ParameterGroup(double RateRatio, bool Decays)
{
    /// <summary>The optimizer's own rate and decay.</summary>
    public static ParameterGroup Plain { get; } = new(1, Decays: true);

    /// <summary>
    /// LoRA+ (Hayou et al. 2024), grouped as PEFT's create_loraplus_optimizer does: B and all one-dimensional parameters learn at
    /// <paramref name="ratio"/> times the rate, biases without decay, A at the rate itself.
    /// </summary>
    /// <exception cref="NoraException">The ratio is not above 0, or not finite.</exception>
    public static Func<NamedTensor, ParameterGroup> LoraPlus(double ratio = 16)
    {
        if (!(ratio > 0) || !double.IsFinite(ratio))
            throw new NoraException($"LoRA+'s ratio of learning rates is {ratio}; it must be above 0. The paper's is 16.");
        return parameter => parameter.Name.EndsWith(".lora_b", StringComparison.Ordinal) || parameter.Value.dim() == 1
            ? new ParameterGroup(ratio, Decays: !parameter.Name.EndsWith("bias", StringComparison.Ordinal))
            : Plain;
    }
}
