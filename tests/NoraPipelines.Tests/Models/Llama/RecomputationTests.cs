using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Llama;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Llama;

[Trait(TestDevice.Trait, TestDevice.Any)]
[Collection(RandomState.Name)]
public sealed class RecomputationTests
{
    [Theory]
    [InlineData(ScalarType.Float32, 0.0)]
    [InlineData(ScalarType.Float32, 0.3)]
    [InlineData(ScalarType.BFloat16, 0.3)]
    public void Gradients_are_the_same_to_the_bit_over_two_micro_batches(ScalarType dtype, double dropout)
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create(dtype: dtype);
        using var adapters = TinyAdapters.Nested(model, dropout);
        adapters.Training = true;

        var (plainLoss, plain) = Step(model, adapters, recompute: false);
        var (againLoss, again) = Step(model, adapters, recompute: true);

        SameTensor.Check(plainLoss, againLoss, "loss");
        foreach (var (name, gradient) in plain)
        {
            Assert.True(gradient.abs().max().item<float>() > 0, $"{name} has no gradient");
            SameTensor.Check(gradient, again[name], name);
        }
    }

    [Fact]
    public void Full_training_has_the_same_gradients_too()
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create();
        var parameters = model.TrainAllParameters();

        Tensor[] Gradients(bool recompute)
        {
            model.GradientCheckpointing = recompute;
            foreach (var (_, value) in parameters) value.grad = null;
            var ids = TinyDecoder.Ids(2, 12);
            CausalLoss.Sum(model, ids, TinyDecoder.Labels(ids)).backward();
            return [.. parameters.Select(parameter => parameter.Value.grad!.clone())];
        }

        var (plain, again) = (Gradients(false), Gradients(true));
        for (var i = 0; i < plain.Length; i++) SameTensor.Check(plain[i], again[i], parameters[i].Name);
    }

    [Fact]
    public void Layers_keep_their_input_alone()
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create();
        using var adapters = TinyAdapters.Nested(model);
        var ids = TinyDecoder.Ids(2, 12);
        var calls = 0;
        model.Layers[0].Mlp.DownProj.Observer = _ => calls++;

        model.GradientCheckpointing = true;
        var loss = CausalLoss.Sum(model, ids, TinyDecoder.Labels(ids));
        Assert.Equal(1, calls);
        loss.backward();
        Assert.Equal(2, calls);

        using var noGradient = no_grad();
        _ = CausalLoss.Sum(model, ids, TinyDecoder.Labels(ids));
        Assert.Equal(3, calls);
    }

    [Fact]
    public void A_padding_mask_and_a_window_survive_until_the_backward_pass()
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create(TinyDecoder.Shape() with { SlidingWindow = 4 });
        using var adapters = TinyAdapters.Nested(model);
        var mask = ones([2, 12], ScalarType.Bool, TestDevice.Here);
        mask[1, TensorIndex.Slice(0, 5)] = false;

        Tensor[] Gradients(bool recompute)
        {
            model.GradientCheckpointing = recompute;
            foreach (var (_, value) in adapters.Trainable) value.grad = null;
            model.Hidden(TinyDecoder.Ids(2, 12), mask).square().sum().backward();
            return [.. adapters.Trainable.Select(parameter => parameter.Value.grad!.clone())];
        }

        var (plain, again) = (Gradients(false), Gradients(true));
        for (var i = 0; i < plain.Length; i++) SameTensor.Check(plain[i], again[i], adapters.Trainable[i].Name);
    }

    private static (Tensor Loss, Dictionary<string, Tensor> Gradients) Step(LlamaModel model, AdapterSet adapters, bool recompute)
    {
        model.GradientCheckpointing = recompute;
        foreach (var (_, value) in adapters.Trainable) value.grad = null;
        DeviceRandom.Seed(99, TestDevice.Here);
        var total = zeros([], device: TestDevice.Here);
        for (var micro = 0; micro < 2; micro++)
        {
            var ids = TinyDecoder.Ids(3, 10, seed: micro);
            var loss = CausalLoss.Sum(model, ids, TinyDecoder.Labels(ids)) / 17;
            loss.backward();
            total += loss.detach();
        }
        return (total, adapters.Trainable.ToDictionary(parameter => parameter.Name, parameter => parameter.Value.grad!.clone()));
    }
}
