using NoraPipelines.Models.Encoders;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Bert;

/// <summary>tanh(dense(x₀)) of the first token, in the encoder's dtype; pretrained, and frozen beside adapters as PEFT leaves it.</summary>
internal sealed class BertPooler : IDisposable
{
    private readonly Tensor _dense; // [hidden, hidden]
    private readonly Tensor _bias; // [hidden]

    public BertPooler(BertShape shape, EncoderWeights weights)
    {
        var path = weights.Names.Pooler;
        _dense = weights.Read($"{path}.weight", shape.HiddenSize, shape.HiddenSize).DetachFromDisposeScope();
        _bias = weights.Read($"{path}.bias", shape.HiddenSize).DetachFromDisposeScope();
        Parameters = [new($"{path}.weight", _dense), new($"{path}.bias", _bias)];
    }

    public IReadOnlyList<NamedTensor> Parameters { get; }

    /// <summary>The tensors that a file holds for it.</summary>
    public static IReadOnlyDictionary<string, long[]> Expected(BertShape shape, EncoderNames names) => new Dictionary<string, long[]>
    {
        [$"{names.Pooler}.weight"] = [shape.HiddenSize, shape.HiddenSize],
        [$"{names.Pooler}.bias"] = [shape.HiddenSize],
    };

    /// <summary>[rows, hidden] → [rows, hidden].</summary>
    public Tensor Forward(Tensor first)
    {
        using var scope = NewDisposeScope();
        return nn.functional.linear(first, _dense, _bias).tanh().MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _dense.Dispose();
        _bias.Dispose();
    }
}
