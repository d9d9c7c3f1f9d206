using NoraPipelines.Generation;

namespace NoraPipelines.Models.Llama;

/// <summary>What all layers of one forward pass share.</summary>
/// <param name="Returned">Of the functions in this pass that have a backward pass of their own; null where there will be none.</param>
internal readonly record struct ForwardContext(RotaryAngles Rotary, AttentionMask Mask, KeyValueCache? Cache, ReturnedGradients? Returned);
