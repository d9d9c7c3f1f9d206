using NoraPipelines.Checkpoints;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Llama;

public sealed partial class LlamaModel
{
    /// <summary>Standard deviation of random matrices: initializer_range of the published configs.</summary>
    private const double RandomDeviation = 0.02;

    /// <summary>Reads a checkpoint's weights, converted to <paramref name="dtype"/>; they are frozen.</summary>
    /// <exception cref="CheckpointException">Its config.json has another shape; a tensor is missing, unexpected or of another shape, all
    /// of them named; a weight is NaN or infinite.</exception>
    public static LlamaModel Load(HuggingFaceCheckpoint checkpoint, DecoderShape shape, ScalarType dtype, Device device)
    {
        checkpoint.CheckShape(shape);
        var names = CheckpointNames.Of(checkpoint, LlamaWeights.Prefix);
        checkpoint.Check(names.Stored(LlamaWeights.Expected(shape)), name => LlamaWeights.Ignorable(shape, name));
        return Build(shape, dtype, device, (name, _) => checkpoint.ReadFinite(names.Stored(name), dtype, device));
    }

    /// <summary>Matrices from N(0, 0.02²), norms that scale by one, biases zero; the same weights on every device.</summary>
    public static LlamaModel Random(DecoderShape shape, int seed, ScalarType dtype, Device device)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return Build(shape, dtype, device, (name, dimensions) => Draw(name, dimensions).to(dtype, device));

        Tensor Draw(string name, long[] dimensions) => dimensions.Length switch
        {
            2 => randn(dimensions, generator: generator).mul_(RandomDeviation),
            _ when name.EndsWith(".bias", StringComparison.Ordinal) || shape.NormAddsOne => zeros(dimensions),
            _ => ones(dimensions),
        };
    }

    /// <summary>A model of tensors from anywhere; what was read is given back when a later tensor fails.</summary>
    private static LlamaModel Build(DecoderShape shape, ScalarType dtype, Device device, Func<string, long[], Tensor> read)
    {
        using var scope = NewDisposeScope();
        var taken = new List<Tensor>();
        try
        {
            return new LlamaModel(shape, dtype, device, (name, dimensions) =>
            {
                var weight = read(name, dimensions);
                taken.Add(weight);
                return weight;
            });
        }
        catch
        {
            foreach (var weight in taken) weight.Dispose();
            throw;
        }
    }
}
