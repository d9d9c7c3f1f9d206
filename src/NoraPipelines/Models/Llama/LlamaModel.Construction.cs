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
        var model = Build(shape, dtype, device, (name, _) => checkpoint.ReadFinite(names.Stored(name), dtype, device));
        if (checkpoint.Report is { } report && shape.TiedEmbeddings) model.TellOtherHead(checkpoint, names.Stored(LlamaWeights.Head), report);
        return model;
    }

    /// <summary>tie_weights of modeling_utils.py has the embeddings as the head, whatever the file holds (transformers 4; 5 keeps both).</summary>
    private void TellOtherHead(HuggingFaceCheckpoint checkpoint, string name, Action<string> report)
    {
        if (checkpoint.Tensors.All(entry => entry.Name != name)) return;
        using var scope = NewDisposeScope();
        var stored = checkpoint.Read(name, Dtype, Device);
        if (stored.shape.SequenceEqual(_embeddings.shape) && stored.equal(_embeddings).all().item<bool>()) return;
        report($"Output layer: the embeddings, as tie_word_embeddings is true; the file's {name} differs from them and is left aside, as in transformers 4. "
            + "Where it is meant (transformers 5 would use it), write tie_word_embeddings: false into config.json.");
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
