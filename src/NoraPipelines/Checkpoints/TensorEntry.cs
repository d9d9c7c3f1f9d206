using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Checkpoints;

/// <summary>One tensor of a safetensors file, as its header states it and as <see cref="SafetensorsFile"/> has checked it.</summary>
/// <param name="Name">The key in the header: model.layers.0.self_attn.q_proj.weight, …</param>
/// <param name="Shape">Empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the start of the data part.</param>
/// <param name="End">The byte after the last one.</param>
public sealed record TensorEntry(string Name, ScalarType Dtype, EquatableArray<long> Shape, long Begin, long End)
{
    /// <summary>Size in the file, in bytes.</summary>
    public long Bytes => End - Begin;

    /// <summary>"float32 [64, 176]", for messages.</summary>
    public string Description => $"{SafetensorsDtype.Word(Dtype)} {Shape}";
}
