using NoraPipelines.Interop;
using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>(x − mean) / √(variance + ε) · weight + bias over the last dimension (Ba et al. 2016).</summary>
internal sealed class LayerNorm : IDisposable
{
    private readonly Tensor _weight; // [hidden]
    private readonly Tensor _bias; // [hidden]
    private readonly double _epsilon;

    public LayerNorm(string path, Tensor weight, Tensor bias, double epsilon)
    {
        (_weight, _bias, _epsilon) = (weight.DetachFromDisposeScope(), bias.DetachFromDisposeScope(), epsilon);
        Parameters = [new($"{path}.weight", _weight), new($"{path}.bias", _bias)];
    }

    public IReadOnlyList<NamedTensor> Parameters { get; }

    /// <summary>[.., hidden] → [.., hidden], same dtype.</summary>
    public Tensor Forward(Tensor x)
    {
        using var part = StepRange.Enter(Parts.Norms);
        return nn.functional.layer_norm(x, _weight.shape, _weight, _bias, _epsilon);
    }

    public void Dispose()
    {
        _weight.Dispose();
        _bias.Dispose();
    }
}
