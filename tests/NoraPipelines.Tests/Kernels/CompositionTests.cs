using NoraPipelines.Kernels;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tests.Models.Llama;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Kernels;

/// <summary>What runs where there are no kernels, on other devices, on a whole model.</summary>
public sealed class CompositionTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_step_by_kernels_and_by_compositions_has_one_loss_and_one_gradient(bool recompute, bool addsOne)
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create(TinyDecoder.Shape() with { HeadSize = 32, NormAddsOne = addsOne });
        using var adapters = TinyAdapters.Nested(model);
        model.GradientCheckpointing = recompute;
        var ids = TinyDecoder.Ids(3, 20);

        (Tensor Loss, Tensor[] Gradients, Tensor Hidden) Run()
        {
            foreach (var (_, value) in adapters.Trainable) value.grad = null;
            var loss = CausalLoss.Sum(model, ids, TinyDecoder.Labels(ids));
            loss.backward();
            using var noGradient = no_grad();
            return (loss.detach(), [.. adapters.Trainable.Select(parameter => parameter.Value.grad!.clone())], model.Hidden(ids));
        }
        var kernels = Run();
        using var without = FusedCpu.Without();
        Assert.False(FusedCpu.Takes(ones(3)));
        var composed = Run();
        Near.Check(composed.Loss, kernels.Loss, 1e-4, 1e-5, "loss");
        Near.Check(composed.Hidden, kernels.Hidden, 1e-4, 1e-4, "hidden");
        for (var i = 0; i < kernels.Gradients.Length; i++)
        {
            var largest = composed.Gradients[i].abs().max().item<float>();
            Assert.True(largest > 0, adapters.Trainable[i].Name);
            Near.Check(composed.Gradients[i], kernels.Gradients[i], 1e-4 * largest, 1e-3, adapters.Trainable[i].Name);
        }
    }
}
