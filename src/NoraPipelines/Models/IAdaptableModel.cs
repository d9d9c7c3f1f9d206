using System.Text.Json.Nodes;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>What adapters, training and export need to know of a model, whatever its family and its data.</summary>
public interface IAdaptableModel : IDisposable
{
    ModelShape Shape { get; }

    ScalarType Dtype { get; }

    Device Device { get; }

    /// <summary>Layers of its deepest stack.</summary>
    int LayerCount => Shape.DeepestStack();

    /// <summary>All projections that adapters can be placed on, layer by layer.</summary>
    IEnumerable<LinearProjection> Projections { get; }

    /// <summary>All weights under Hugging Face's names; a tied one once.</summary>
    IEnumerable<NamedTensor> Parameters { get; }

    /// <summary>Modules that train in full beside adapters and are saved with them: a classifier's head.</summary>
    IReadOnlyList<ITrainedModule> TrainedModules { get; }

    /// <summary>Training keeps each layer's input alone and computes the layer again in the backward pass; same gradients.</summary>
    bool GradientCheckpointing { get; set; }

    /// <summary>
    /// The model's output, whatever its shape, on a small made-up batch that is the same every time: two models that do the same give the
    /// same.
    /// </summary>
    Tensor Probe();

    /// <summary>config.json as this model is saved: <paramref name="source"/> with what has changed, or one made from the shape.</summary>
    /// <param name="source">A copy of the checkpoint's own; null: the model began at random.</param>
    /// <param name="classes">Names of a head's classes; null: they have none.</param>
    JsonObject Config(JsonObject? source, IReadOnlyList<string>? classes);
}
