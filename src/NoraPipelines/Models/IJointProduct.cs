using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>Computes projections of one x, and what their adapters add, as one function: fewer passes than one projection after the other.</summary>
internal interface IJointProduct
{
    /// <summary>x [n, in] → [n, out] of each projection, in their order.</summary>
    /// <param name="projections">Each adapter of theirs names this product as its <see cref="Adapter.Joint"/>.</param>
    /// <param name="returned">Holds the gradients that the backward pass gives back.</param>
    List<Tensor> Run(Tensor x, IReadOnlyList<LinearProjection> projections, ReturnedGradients returned);
}
