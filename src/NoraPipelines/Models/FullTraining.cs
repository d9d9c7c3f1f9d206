using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>Training of a model's own weights, without adapters.</summary>
public static class FullTraining
{
    /// <summary>Makes every weight require a gradient and returns them, a tied one once.</summary>
    /// <exception cref="NoraException">The weights are not float32: small steps would be rounded away.</exception>
    public static IReadOnlyList<NamedTensor> TrainAllParameters(this IAdaptableModel model)
    {
        if (model.Dtype != ScalarType.Float32)
        {
            throw new NoraException(
                $"Full training updates the weights themselves, and they are held in {model.Dtype}, too coarse for small steps. "
                + "Set model.dtype to float32.");
        }
        var all = model.Parameters.ToArray();
        foreach (var (_, value) in all) value.requires_grad_(true);
        return all;
    }
}
