using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Roberta;

/// <summary>
/// out_proj(tanh(dense(x₀))) of the first token, dropout before both (RobertaClassificationHead). float32 whatever the encoder's dtype,
/// because all of it trains.
/// </summary>
// Shapes: x₀ [rows, hidden], logits [rows, labels].
public sealed class ClassificationHead : ITrainedModule, IDisposable
{
    internal const string Module = "classifier";

    private readonly double _dropout;
    private readonly Tensor _dense; // [hidden, hidden]
    private readonly Tensor _denseBias; // [hidden]
    private readonly Tensor _out; // [labels, hidden]
    private readonly Tensor _outBias; // [labels]

    internal ClassificationHead(EncoderShape shape, int labels, Func<string, long[], Tensor> read)
    {
        _dropout = shape.HeadDropout;
        Parameters = [.. Expected(shape, labels).Select(pair => new NamedTensor(pair.Key, read(pair.Key, pair.Value).DetachFromDisposeScope()))];
        (_dense, _denseBias, _out, _outBias) = (Parameters[0].Value, Parameters[1].Value, Parameters[2].Value, Parameters[3].Value);
    }

    public string Path => Module;

    public IReadOnlyList<NamedTensor> Parameters { get; }

    public bool Training { get; set; }

    /// <summary>Classes, or 1 in a regression.</summary>
    public int Labels => (int)_out.shape[0];

    internal static IReadOnlyDictionary<string, long[]> Expected(EncoderShape shape, int labels) => new Dictionary<string, long[]>
    {
        [$"{Module}.dense.weight"] = [shape.HiddenSize, shape.HiddenSize],
        [$"{Module}.dense.bias"] = [shape.HiddenSize],
        [$"{Module}.out_proj.weight"] = [labels, shape.HiddenSize],
        [$"{Module}.out_proj.bias"] = [labels],
    };

    internal Tensor Forward(Tensor first)
    {
        using var scope = NewDisposeScope();
        var inner = nn.functional.linear(Drop(first.to(ScalarType.Float32)), _dense, _denseBias).tanh(); // [rows, hidden]
        return nn.functional.linear(Drop(inner), _out, _outBias).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (var (_, value) in Parameters) value.Dispose();
    }

    private Tensor Drop(Tensor x) => Training && _dropout > 0 ? nn.functional.dropout(x, _dropout, training: true) : x;
}
