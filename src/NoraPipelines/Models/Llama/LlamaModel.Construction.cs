using NoraPipelines.Checkpoints;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Llama;

public sealed partial class LlamaModel
{
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
    public static LlamaModel Random(DecoderShape shape, int seed, ScalarType dtype, Device device) => Random(shape, seed, dtype, device, drawThere: false);

    /// <param name="drawThere">The numbers come from the device's own generator: seconds instead of minutes for billions of them.</param>
    internal static LlamaModel Random(DecoderShape shape, int seed, ScalarType dtype, Device device, bool drawThere)
    {
        using var weights = new RandomWeights(seed, dtype, device, shape.NormAddsOne, drawThere);
        return Build(shape, dtype, device, weights.Draw);
    }

    private static LlamaModel Build(DecoderShape shape, ScalarType dtype, Device device, Func<string, long[], Tensor> read) =>
        TakenWeights.Build(taken => new LlamaModel(shape, dtype, device, taken.From(read)));
}
