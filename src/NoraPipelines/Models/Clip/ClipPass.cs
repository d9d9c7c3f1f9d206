using static TorchSharp.torch;

namespace NoraPipelines.Models.Clip;

/// <summary>What all layers of one forward pass of a tower share.</summary>
/// <param name="Mask">Causal in the text tower; in the vision tower every position sees every other.</param>
/// <param name="Returned">Of the functions in this pass that have a backward pass of their own; null where there will be none.</param>
internal readonly record struct ClipPass(AttentionMask Mask, ReturnedGradients? Returned) : ILayerContext<ClipPass>
{
    public IReadOnlyList<Tensor?> Shared => [];

    public ClipPass Again(IReadOnlyList<Tensor?> shared) => this with { Returned = new ReturnedGradients() };
}
