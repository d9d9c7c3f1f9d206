using static TorchSharp.torch;

namespace NoraPipelines.Models.Llama;

/// <summary>What all layers of one forward pass share.</summary>
/// <param name="Returned">Of the functions in this pass that have a backward pass of their own; null where there will be none.</param>
internal readonly record struct ForwardContext(RotaryAngles Rotary, AttentionMask Mask, KeyValueCache? Cache, ReturnedGradients? Returned)
    : ILayerContext<ForwardContext>
{
    public IReadOnlyList<Tensor?> Shared => [Rotary.Cosine, Rotary.SignedSine, Mask.Additive];

    public ForwardContext Again(IReadOnlyList<Tensor?> shared) =>
        new(new RotaryAngles(shared[0]!, shared[1]!), new AttentionMask(shared[2], Mask.Causal), Cache: null, new ReturnedGradients());
}
