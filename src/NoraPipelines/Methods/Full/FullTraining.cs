using NoraPipelines.Models;

namespace NoraPipelines.Methods;

/// <summary>Training all of a model's parameters.</summary>
public static class FullTraining
{
    /// <summary>
    /// Parameters that train, counted on their tensors: the elements of all that need a gradient. What <see cref="ITextModel.TrainedModules"/>
    /// have, a classifier's head, is not counted, as beside adapters.
    /// </summary>
    /// <param name="parameters">Of the model.</param>
    public static long TrainableCount(ITextModel model, IReadOnlyList<NamedTensor> parameters)
    {
        var beside = model.TrainedModules.SelectMany(module => module.Parameters).Select(parameter => parameter.Name).ToHashSet(StringComparer.Ordinal);
        return TrainableParameters.Count(parameters.Where(parameter => !beside.Contains(parameter.Name)));
    }

    /// <summary>Holds what trains against what the program was written for.</summary>
    /// <param name="trainable">Parameters that are to train, as <see cref="TrainableCount"/> counts them.</param>
    /// <exception cref="NoraException">Others train.</exception>
    public static void Expect(ITextModel model, IReadOnlyList<NamedTensor> parameters, long trainable) =>
        TrainableParameters.Expect(TrainableCount(model, parameters), trainable, "the model");
}
