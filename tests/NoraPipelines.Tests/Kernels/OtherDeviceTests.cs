using NoraPipelines.Interop;
using NoraPipelines.Kernels;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Kernels;

/// <summary>What takes the address of a tensor's numbers takes none that has none on the CPU.</summary>
public sealed class OtherDeviceTests
{
    private static readonly Tensor There = ones([2, 32], device: META);

    private static readonly Tensor Here = ones([2, 32]);

    public static TheoryData<string> Kernels => [.. Calls.Keys];

    private static IReadOnlyDictionary<string, Action> Calls { get; } = new Dictionary<string, Action>
    {
        ["norm"] = () => RmsNormKernel.Forward(There, ones(32), 1e-5, roundsFirst: true),
        ["norm, gain"] = () => RmsNormKernel.Forward(Here, ones(32, device: META), 1e-5, roundsFirst: true),
        ["norm, backward"] = () => RmsNormKernel.Backward(There, ones([2, 1]), ones(32), Here),
        ["gate"] = () => GatedSiluKernel.Forward(There, Here),
        ["up"] = () => GatedSiluKernel.Forward(Here, There),
        ["gate, backward"] = () => GatedSiluKernel.Backward(Here, Here, There),
        ["rotary"] = () => RotaryKernel.Forward(There.view(1, 2, 1, 32), Here.view(1, 1, 2, 32), Here.view(1, 1, 2, 32)),
        ["rotary, angles"] = () => RotaryKernel.Forward(Here.view(1, 2, 1, 32), There.view(1, 1, 2, 32), Here.view(1, 1, 2, 32)),
        ["rotary, backward"] = () => RotaryKernel.Backward(There.view(1, 1, 2, 32), Here.view(1, 1, 2, 32), Here.view(1, 1, 2, 32)),
        ["loss"] = () => SoftmaxLossKernel.Losses(There, zeros([2], int64), overwrite: true),
        ["loss, targets"] = () => SoftmaxLossKernel.Losses(Here, zeros([2], int64, META), overwrite: true),
        ["softmax"] = () => CausalSoftmaxKernel.Forward(ones([1, 2, 2], device: META), 0, 1),
        ["softmax, backward"] = () => CausalSoftmaxKernel.Backward(ones([1, 2, 2]), ones([1, 2, 2], device: META), 0, 1),
        ["optimizer"] = () => LibtorchOperators.AdamWStep([ones(2, device: META)], [ones(2, device: META)], [ones(2, device: META)], [ones(2, device: META)], ones([]), 1, 0.9, 0.9, 0, 1e-8),
        ["scale"] = () => LibtorchOperators.Scale([ones(2, device: META)], tensor(2f)),
        ["silu"] = () => LibtorchOperators.SiluGradient(Here, There),
        ["attention"] = () => LibtorchOperators.GroupedAttention(ones([1, 2, 2, 4], device: META), ones([1, 1, 2, 4]), ones([1, 1, 2, 4]), causal: true),
        ["fused norm"] = () => LibtorchOperators.RmsNorm(There, ones(32), 1e-5),
    };

    [Theory]
    [MemberData(nameof(Kernels))]
    public void It_is_refused_with_a_sentence(string kernel)
    {
        if (kernel == "optimizer" && !LibtorchOperators.Available) return;
        var message = Assert.Throws<ArgumentException>(Calls[kernel]).Message;
        Assert.Contains("xpected", message);
    }
}
