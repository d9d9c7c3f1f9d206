using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Checkpoints;

/// <summary>A tensor that is made only when its turn to be written comes, so that a large model is never held twice.</summary>
/// <param name="Make">Gives a tensor of exactly this dtype and shape; it runs inside a dispose scope that ends once it is written.</param>
public sealed record DeferredTensor(string Name, ScalarType Dtype, EquatableArray<long> Shape, Func<Tensor> Make)
{
    /// <summary>Size in a file, in bytes; null where it is beyond 63 bits.</summary>
    internal long? Bytes => SafetensorsLayout.Size(Shape, SafetensorsDtype.Size(Dtype));

    public static DeferredTensor Of(string name, Tensor tensor) =>
        new(name, tensor.dtype, tensor.shape.ToEquatableArray(), () => tensor);
}
