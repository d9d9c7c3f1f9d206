using NoraPipelines.Checkpoints;
using NoraPipelines.Plans;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Roberta;

public sealed partial class RobertaModel
{
    /// <summary>Standard deviation of a new head's matrices: initializer_range of the published configs.</summary>
    private const double NewHeadDeviation = 0.02;

    /// <summary>
    /// Reads a checkpoint's weights, converted to <paramref name="dtype"/>, the head in float32; all are frozen. A head for another
    /// number of labels, or none (a checkpoint from pretraining), is replaced by a new one: N(0, 0.02²), biases zero.
    /// </summary>
    /// <param name="labels">Classes of the task; 1 for a regression.</param>
    /// <param name="headSeed">Decides a new head.</param>
    /// <exception cref="CheckpointException">Its config.json has another shape; a tensor is missing, unexpected or of another shape; a
    /// weight is NaN or infinite.</exception>
    public static RobertaModel Load(
        HuggingFaceCheckpoint checkpoint, EncoderShape shape, int labels, ScalarType dtype, Device device, int headSeed)
    {
        checkpoint.CheckShape(shape);
        var names = CheckpointNames.Of(checkpoint, RobertaWeights.Prefix);
        checkpoint.Check(names.Stored(RobertaWeights.Expected(shape)), RobertaWeights.Ignorable);
        var stored = checkpoint.Tensors.ToDictionary(entry => entry.Name, entry => entry.Shape);
        var hasHead = ClassificationHead.Expected(shape, labels)
            .All(pair => stored.TryGetValue(pair.Key, out var found) && found.SequenceEqual(pair.Value));
        return Build(shape, labels, dtype, device,
            (name, _) => checkpoint.ReadFinite(names.Stored(name), dtype, device),
            hasHead ? (name, _) => checkpoint.ReadFinite(name, ScalarType.Float32, device) : NewHead(headSeed, device), !hasHead);
    }

    /// <summary>Matrices from N(0, 0.02²), norms that scale by one, biases zero.</summary>
    public static RobertaModel Random(EncoderShape shape, int labels, int seed, ScalarType dtype, Device device)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return Build(shape, labels, dtype, device, (name, dimensions) => Draw(name, dimensions).to(dtype, device), NewHead(seed, device), true);

        Tensor Draw(string name, long[] dimensions) => dimensions.Length == 2
            ? randn(dimensions, generator: generator).mul_(NewHeadDeviation)
            : name.EndsWith(".bias", StringComparison.Ordinal) ? zeros(dimensions) : ones(dimensions);
    }

    private static Func<string, long[], Tensor> NewHead(int seed, Device device) => (name, dimensions) =>
    {
        if (dimensions.Length == 1) return zeros(dimensions, device: device);
        using var generator = new Generator((ulong)Seeds.Mix(seed, name), CPU);
        return randn(dimensions, generator: generator).mul_(NewHeadDeviation).to(device);
    };

    /// <summary>What was read is given back when a later tensor fails.</summary>
    private static RobertaModel Build(
        EncoderShape shape, int labels, ScalarType dtype, Device device, Func<string, long[], Tensor> read,
        Func<string, long[], Tensor> readHead, bool newHead)
    {
        using var scope = NewDisposeScope();
        var taken = new List<Tensor>();
        try
        {
            var head = new ClassificationHead(shape, labels, Taking(readHead));
            return new RobertaModel(shape, dtype, device, Taking(read), head) { HasNewHead = newHead };
        }
        catch
        {
            foreach (var weight in taken) weight.Dispose();
            throw;
        }

        Func<string, long[], Tensor> Taking(Func<string, long[], Tensor> from) => (name, dimensions) =>
        {
            var weight = from(name, dimensions);
            taken.Add(weight);
            return weight;
        };
    }
}
