using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>Training all of a model's parameters.</summary>
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

    /// <summary>
    /// Parameters that train, counted on their tensors: the elements of all that need a gradient. What <see cref="IAdaptableModel.TrainedModules"/>
    /// have, a classifier's head, is not counted, as beside adapters.
    /// </summary>
    /// <param name="parameters">Of the model.</param>
    public static long TrainableCount(IAdaptableModel model, IReadOnlyList<NamedTensor> parameters)
    {
        var beside = model.TrainedModules.SelectMany(module => module.Parameters).Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        return TrainableParameters.Count(parameters.Where(parameter => !beside.Contains(parameter.Name)));
    }

    /// <summary>Holds what trains against what the program was written for.</summary>
    /// <param name="trainable">Parameters that are to train, as <see cref="TrainableCount"/> counts them.</param>
    /// <exception cref="NoraException">Others train.</exception>
    public static void Expect(IAdaptableModel model, IReadOnlyList<NamedTensor> parameters, long trainable) =>
        TrainableParameters.Expect(TrainableCount(model, parameters), trainable, "the model");
}
