using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Llama;

public sealed partial class LlamaModel
{
    /// <summary>Standard deviation of random matrices: initializer_range of the published configs.</summary>
    private const double RandomDeviation = 0.02;

    /// <summary>Matrices from N(0, 0.02²), norms that scale by one, biases zero; the same weights on every device.</summary>
    public static LlamaModel Random(DecoderShape shape, int seed, ScalarType dtype, Device device)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed, CPU);
        return new LlamaModel(shape, dtype, device, (name, dimensions) => Draw(name, dimensions).to(dtype, device));

        Tensor Draw(string name, long[] dimensions) => dimensions.Length switch
        {
            2 => randn(dimensions, generator: generator).mul_(RandomDeviation),
            _ when name.EndsWith(".bias", StringComparison.Ordinal) || shape.NormAddsOne => zeros(dimensions),
            _ => ones(dimensions),
        };
    }

    /// <summary>A model of tensors that the caller reads; each is taken over by the model.</summary>
    internal static LlamaModel From(DecoderShape shape, ScalarType dtype, Device device, Func<string, Tensor> read)
    {
        using var scope = NewDisposeScope();
        return new LlamaModel(shape, dtype, device, (name, _) => read(name).to(dtype, device));
    }
}
