using NoraPipelines.Interop;
using NoraPipelines.Plans;
using TorchSharp;
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
    /// <param name="returned">Null where no backward pass follows.</param>
    public Tensor Forward(Tensor x, ReturnedGradients? returned)
    {
        if (x.device_type == DeviceType.CUDA && this is Gain && x.dtype == Weight.dtype) return LibtorchOperators.RmsNorm(x, Weight, _epsilon);
        if (returned is not null && is_grad_enabled() && x.requires_grad && !Weight.requires_grad) return FrozenRmsNorm.Run(x, this, returned);
        using var scope = NewDisposeScope();
        return Scale(x.to(ScalarType.Float32) * InverseRoot(x), x.dtype).MoveToOuterDisposeScope();
    }

    public NamedTensor Parameter => new($"{Path}.weight", Weight);

    public void Dispose() => Weight.Dispose();

    /// <summary>1 / √(mean(x²) + ε), [.., 1] float32.</summary>
    public Tensor InverseRoot(Tensor x)
    {
        using var scope = NewDisposeScope();
        return x.to(ScalarType.Float32).square().mean([-1L], keepdim: true).add_(_epsilon).rsqrt_().MoveToOuterDisposeScope();
    }

    /// <summary>normal [.., hidden] float32 → times the gain, in dtype.</summary>
    public abstract Tensor Scale(Tensor normal, ScalarType dtype);

    /// <summary>The gradient of <see cref="Scale"/>'s result → that of its input, a float32 tensor of its own.</summary>
    public abstract Tensor ScaleGradient(Tensor gradient);

    /// <summary>Llama, Mistral: back to x's dtype first, then times the weight.</summary>
    private sealed class Gain(string path, Tensor weight, double epsilon) : RmsNorm(path, weight, epsilon)
    {
        public override Tensor Scale(Tensor normal, ScalarType dtype) => Weight * normal.to(dtype);

        public override Tensor ScaleGradient(Tensor gradient) => (gradient * Weight).to(ScalarType.Float32);
    }

    /// <summary>Gemma: times 1 + weight in float32, then back to x's dtype.</summary>
    private sealed class GainPlusOne(string path, Tensor weight, double epsilon) : RmsNorm(path, weight, epsilon)
    {
        public override Tensor Scale(Tensor normal, ScalarType dtype) => (normal * WideGain()).to(dtype);

        public override Tensor ScaleGradient(Tensor gradient) => gradient.to(ScalarType.Float32) * WideGain();

        private Tensor WideGain() => Weight.to(ScalarType.Float32).add(1);
    }
}
