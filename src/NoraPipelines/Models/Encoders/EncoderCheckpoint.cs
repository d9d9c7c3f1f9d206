using NoraPipelines.Checkpoints;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Encoders;

/// <summary>
/// A checkpoint's weights for an encoder with a head. A head for another number of labels, or none (a checkpoint from pretraining), is
/// replaced by a new one: N(0, 0.02²), biases zero.
/// </summary>
internal sealed class EncoderCheckpoint
{
    private readonly HuggingFaceCheckpoint _checkpoint;
    private readonly CheckpointNames _names;

    /// <param name="expected">Name → shape of all that the model needs, its head left out.</param>
    /// <param name="head">Name → shape of the head's tensors.</param>
    /// <param name="ignorable">Names that may be there without being needed.</param>
    /// <exception cref="CheckpointException">Its config.json has another shape, or a tensor is missing, unexpected or of another shape.</exception>
    public EncoderCheckpoint(
        HuggingFaceCheckpoint checkpoint, EncoderShape shape, EncoderNames names, IReadOnlyDictionary<string, long[]> expected,
        IReadOnlyDictionary<string, long[]> head, Func<string, bool> ignorable)
    {
        checkpoint.CheckShape(shape);
        (_checkpoint, _names) = (checkpoint, CheckpointNames.Of(checkpoint, names.Prefix));
        checkpoint.Check(_names.Stored(expected), ignorable);
        var stored = checkpoint.Tensors.ToDictionary(entry => entry.Name, entry => entry.Shape);
        HasHead = head.All(pair => stored.TryGetValue(pair.Key, out var found) && found.SequenceEqual(pair.Value));
        if (!HasHead)
        {
            var labels = head.Values.Last()[0];
            var other = head.Keys.Any(stored.ContainsKey);
            checkpoint.Report?.Invoke($"Head: new and not trained, with {labels} {(labels == 1 ? "output" : "outputs")}; the checkpoint's "
                + (other ? "has others and is left aside." : "weights have none."));
        }
    }

    /// <summary>Whether the checkpoint has a head for this number of labels.</summary>
    public bool HasHead { get; }

    /// <summary>Reads the encoder's tensors.</summary>
    public Func<string, long[], Tensor> Encoder(ScalarType dtype, Device device) =>
        (name, _) => _checkpoint.ReadFinite(_names.Stored(name), dtype, device);

    /// <summary>Reads the head's tensors in float32, or draws them.</summary>
    /// <param name="seed">Decides a new head.</param>
    public Func<string, long[], Tensor> Head(int seed, Device device) =>
        HasHead ? (name, _) => _checkpoint.ReadFinite(name, ScalarType.Float32, device) : NewHead(seed, device);

    /// <summary>Draws a head's tensors, each from its own name, so that none depends on another.</summary>
    public static Func<string, long[], Tensor> NewHead(int seed, Device device) => (name, dimensions) =>
    {
        if (dimensions.Length == 1) return zeros(dimensions, device: device);
        using var generator = new Generator((ulong)Seeds.Mix(seed, name), CPU);
        return randn(dimensions, generator: generator).mul_(RandomWeights.Deviation).to(device);
    };
}
