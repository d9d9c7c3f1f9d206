using static TorchSharp.torch;

namespace NoraPipelines.Models.Encoders;

/// <summary>
/// Logits of a text from the state of its first token. float32 whatever the encoder's dtype, because all of it trains. Its
/// <see cref="Training"/> switches dropout in the whole model.
/// </summary>
// Shapes: x₀ [rows, hidden], logits [rows, labels].
public abstract class ClassificationHead : ITrainedModule, IDisposable
{
    internal const string Module = "classifier";

    private readonly double _dropout;

    private protected ClassificationHead(
        double dropout, int labels, IReadOnlyDictionary<string, long[]> expected, Func<string, long[], Tensor> read)
    {
        (_dropout, Labels) = (dropout, labels);
        Parameters = [.. expected.Select(pair => new NamedTensor(pair.Key, read(pair.Key, pair.Value).DetachFromDisposeScope()))];
    }

    public string Path => Module;

    /// <summary>In the order in which the family's head names them.</summary>
    public IReadOnlyList<NamedTensor> Parameters { get; }

    public bool Training { get; set; }

    /// <summary>Classes, or 1 in a regression.</summary>
    public int Labels { get; }

    /// <summary>[rows, hidden] of any dtype → [rows, labels] float32.</summary>
    internal abstract Tensor Forward(Tensor first);

    public void Dispose()
    {
        foreach (var (_, value) in Parameters) value.Dispose();
    }

    private protected Tensor Drop(Tensor x) => Training && _dropout > 0 ? nn.functional.dropout(x, _dropout, training: true) : x;
}
