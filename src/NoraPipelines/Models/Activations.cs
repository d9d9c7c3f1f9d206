using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>The non-linearities of feed-forward blocks, by the plan's names.</summary>
internal static class Activations
{
    private const float QuickGeluSlope = 1.702f;

    public static Func<Tensor, Tensor> Of(GateActivation activation) => activation switch
    {
        GateActivation.Silu => static x => nn.functional.silu(x),
        GateActivation.GeluTanh => static x => nn.functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh),
        GateActivation.Gelu => static x => nn.functional.gelu(x),
        GateActivation.Relu => static x => nn.functional.relu(x),
        // x·sigmoid(c·x) = silu(c·x)/c: one pass keeps one tensor for the backward pass.
        GateActivation.QuickGelu => static x => nn.functional.silu(x * QuickGeluSlope).div_(QuickGeluSlope),
        var other => throw new ArgumentOutOfRangeException(nameof(activation), other, "is no activation"),
    };
}
