using NoraPipelines.Generation;

namespace NoraPipelines.Models.Llama;

/// <summary>What all layers of one forward pass share.</summary>
internal readonly record struct ForwardContext(RotaryAngles Rotary, AttentionMask Mask, KeyValueCache? Cache);
