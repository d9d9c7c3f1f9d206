using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>x / √(mean(x²) + ε) · gain over the last dimension, in float32 whatever x's dtype (Zhang and Sennrich 2019, Eq. 4).</summary>
internal abstract class RmsNorm : IDisposable
{
    private readonly double _epsilon;

    private RmsNorm(string path, Tensor weight, double epsilon)
    {
        Path = path;
        Weight = weight.DetachFromDisposeScope();
        _epsilon = epsilon;
    }

    public string Path { get; }

    public Tensor Weight { get; } // [hidden]

    public static RmsNorm Of(DecoderShape shape, string path, Tensor weight) => shape.NormAddsOne
        ? new GainPlusOne(path, weight, shape.NormEpsilon)
        : new Gain(path, weight, shape.NormEpsilon);

    /// <summary>[.., hidden] → [.., hidden], same dtype.</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var wide = x.to(ScalarType.Float32);
        var inverse = wide.square().mean([-1L], keepdim: true).add(_epsilon).rsqrt(); // [.., 1]
        return Scale(wide * inverse, x.dtype).MoveToOuterDisposeScope();
    }

    public NamedTensor Parameter => new($"{Path}.weight", Weight);

    public void Dispose() => Weight.Dispose();

    protected abstract Tensor Scale(Tensor normal, ScalarType dtype);

    /// <summary>Llama, Mistral: back to x's dtype first, then times the weight.</summary>
    private sealed class Gain(string path, Tensor weight, double epsilon) : RmsNorm(path, weight, epsilon)
    {
        protected override Tensor Scale(Tensor normal, ScalarType dtype) => Weight * normal.to(dtype);
    }

    /// <summary>Gemma: times 1 + weight in float32, then back to x's dtype.</summary>
    private sealed class GainPlusOne(string path, Tensor weight, double epsilon) : RmsNorm(path, weight, epsilon)
    {
        protected override Tensor Scale(Tensor normal, ScalarType dtype) =>
            (normal * Weight.to(ScalarType.Float32).add(1)).to(dtype);
    }
}
