using NoraPipelines.Models;
using NoraPipelines.Training;

namespace NoraPipelines.Methods;

/// <summary>LoRA+ (Hayou et al. 2024): LoRA's adapters, whose B learns faster than A.</summary>
public static class LoraPlusGroups
{
    /// <summary>
    /// Groups as PEFT's create_loraplus_optimizer does: B and all one-dimensional parameters learn at <paramref name="ratio"/> times the
    /// rate, biases without decay, A at the rate itself.
    /// </summary>
    /// <exception cref="NoraException">The ratio is not above 0, or not finite.</exception>
    public static Func<NamedTensor, ParameterGroup> Of(double ratio = 16)
    {
        if (!(ratio > 0) || !double.IsFinite(ratio))
            throw new NoraException($"LoRA+'s ratio of learning rates is {ratio}; it must be above 0. The paper's is 16.");
        return parameter => parameter.Name.EndsWith(".lora_b", StringComparison.Ordinal) || parameter.Value.dim() == 1
            ? new ParameterGroup(ratio, Decays: !parameter.Name.EndsWith("bias", StringComparison.Ordinal))
            : ParameterGroup.Plain;
    }
}
