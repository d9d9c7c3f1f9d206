using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>A tensor and the name it has in a checkpoint. Who owns the tensor does not change by naming it.</summary>
public readonly record struct NamedTensor(string Name, Tensor Value);
