using NoraPipelines.Interop;
using NoraPipelines.Kernels;
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
        using var part = StepRange.Enter(Parts.Norms);
        if (x.device_type != DeviceType.CPU && RoundsFirst && x.dtype == Weight.dtype) return LibtorchOperators.RmsNorm(x, Weight, _epsilon);
        if (returned is not null && is_grad_enabled() && x.requires_grad && !Weight.requires_grad) return FrozenRmsNorm.Run(x, this, returned);
        using var scope = NewDisposeScope();
        // A gain that trains has one way, with a graph or without: a layer that is computed again goes both, and must have the same numbers.
        var (y, _) = Weight.requires_grad || (is_grad_enabled() && x.requires_grad) ? Compose(x) : Normalize(x);
        return y.MoveToOuterDisposeScope();
    }

    public NamedTensor Parameter => new($"{Path}.weight", Weight);

    public void Dispose() => Weight.Dispose();

    /// <summary>The result, without a graph, and 1 / √(mean(x²) + ε), [.., 1] float32.</summary>
    public (Tensor Y, Tensor Inverse) Normalize(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (y, inverse) = FusedCpu.Takes(x) ? RmsNormKernel.Forward(x, WideGain(), _epsilon, RoundsFirst) : Compose(x);
        return (y.MoveToOuterDisposeScope(), inverse.MoveToOuterDisposeScope());
    }

    /// <summary>What <see cref="Normalize"/> gave, and the gradient of its result → the gradient of x, in x's dtype.</summary>
    public Tensor InputGradient(Tensor x, Tensor inverse, Tensor outputGradient)
    {
        using var scope = NewDisposeScope();
        if (FusedCpu.Takes(x)) return RmsNormKernel.Backward(x, inverse, WideGain(), outputGradient).MoveToOuterDisposeScope();
        var wide = x.to(ScalarType.Float32);
        var p = outputGradient.to(ScalarType.Float32) * WideGain(); // [.., hidden]
        var along = (p * wide).mean([-1L], keepdim: true).mul_(inverse.pow(3)); // [.., 1]
        return p.mul_(inverse).addcmul_(wide, along, -1).to(x.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Whether x / √… is rounded to x's dtype before the gain multiplies it.</summary>
    protected abstract bool RoundsFirst { get; }

    /// <summary>What is multiplied by, [hidden] float32.</summary>
    protected abstract Tensor WideGain();

    /// <summary>normal [.., hidden] float32 → times the gain, in dtype.</summary>
    protected abstract Tensor Scale(Tensor normal, ScalarType dtype);

    private (Tensor Y, Tensor Inverse) Compose(Tensor x)
    {
        var wide = x.to(ScalarType.Float32);
        var inverse = wide.square().mean([-1L], keepdim: true).add(_epsilon).rsqrt(); // [.., 1]
        return (Scale(wide * inverse, x.dtype), inverse);
    }

    /// <summary>Llama, Mistral: back to x's dtype first, then times the weight.</summary>
    private sealed class Gain(string path, Tensor weight, double epsilon) : RmsNorm(path, weight, epsilon)
    {
        protected override bool RoundsFirst => true;

        protected override Tensor WideGain() => Weight.to(ScalarType.Float32);

        protected override Tensor Scale(Tensor normal, ScalarType dtype) => Weight * normal.to(dtype);
    }

    /// <summary>Gemma: times 1 + weight in float32, then back to x's dtype.</summary>
    private sealed class GainPlusOne(string path, Tensor weight, double epsilon) : RmsNorm(path, weight, epsilon)
    {
        protected override bool RoundsFirst => false;

        protected override Tensor WideGain() => Weight.to(ScalarType.Float32).add(1);

        protected override Tensor Scale(Tensor normal, ScalarType dtype) => (normal * WideGain()).to(dtype);
    }
}
