using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>What all layers of one forward pass share.</summary>
internal interface ILayerContext<TSelf>
{
    /// <summary>Its tensors, such as masks and angles; null where there is none.</summary>
    IReadOnlyList<Tensor?> Shared { get; }

    /// <summary>The same for a layer that the backward pass runs again, with the tensors that were kept for it.</summary>
    TSelf Again(IReadOnlyList<Tensor?> shared);
}
