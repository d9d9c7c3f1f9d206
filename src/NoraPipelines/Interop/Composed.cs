using static TorchSharp.torch;

namespace NoraPipelines.Interop;

/// <summary>The operators of <see cref="LibtorchOperators"/>, of what TorchSharp offers.</summary>
internal static class Composed
{
    public static Tensor SoftmaxGradient(Tensor gradient, Tensor probabilities)
    {
        using var scope = NewDisposeScope();
        var scores = gradient * probabilities; // [.., n]
        var along = scores.sum([-1L], keepdim: true, ScalarType.Float32).to(scores.dtype); // [.., 1]
        return scores.sub_(probabilities * along).MoveToOuterDisposeScope();
    }

    public static Tensor SiluGradient(Tensor gradient, Tensor x)
    {
        using var scope = NewDisposeScope();
        var wide = x.to(ScalarType.Float32);
        var sigma = wide.sigmoid();
        var slope = sigma * (1 + wide * (1 - sigma));
        return (gradient.to(ScalarType.Float32) * slope).to(x.dtype).MoveToOuterDisposeScope();
    }
}
