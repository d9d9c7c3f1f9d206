using NoraPipelines.Data;
using NoraPipelines.Methods;
using NoraPipelines.Models.Roberta;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Roberta;

[Trait(TestDevice.Trait, TestDevice.Any)]
[Collection(RandomState.Name)]
public sealed class EncoderRecomputationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_of_adapters_and_head_are_the_same_to_the_bit(bool dropout)
    {
        using var scope = NewDisposeScope();
        using var model = TinyEncoder.Create();
        using var adapters = AdaptedEncoderTests.Adapt(model, "nora");
        adapters.TrainInFull(model.Classifier);
        Compare(model, [.. adapters.Trainable], () => adapters.Training = dropout);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Full_training_has_the_same_gradients_too(bool dropout)
    {
        using var scope = NewDisposeScope();
        using var model = TinyEncoder.Create();
        var parameters = model.TrainAllParameters();
        Assert.Equal(model.Parameters.Count(), parameters.Count);
        Compare(model, [.. parameters], () => model.Classifier.Training = dropout);
    }

    [Fact]
    public void Layers_keep_their_input_alone()
    {
        using var scope = NewDisposeScope();
        using var model = TinyEncoder.Create();
        using var adapters = AdaptedEncoderTests.Adapt(model, "nora");
        var calls = 0;
        model.Layers[0].Output.Dense.Observer = _ => calls++;
        model.GradientCheckpointing = true;
        var loss = model.Logits(TinyEncoder.Ids()).square().sum();
        Assert.Equal(1, calls);
        loss.backward();
        Assert.Equal(2, calls);
    }

    [Fact]
    public void Weights_of_half_precision_do_not_train_in_full()
    {
        using var model = TinyEncoder.Create(dtype: ScalarType.BFloat16);
        Assert.Contains("Set model.dtype to float32", Assert.Throws<NoraException>(() => model.TrainAllParameters()).Message);
    }

    private static void Compare(RobertaModel model, NoraPipelines.Models.NamedTensor[] trained, Action setTraining)
    {
        setTraining();
        var (plain, again) = (Gradients(false), Gradients(true));
        for (var i = 0; i < plain.Length; i++)
        {
            Assert.True(plain[i] is null == again[i] is null, trained[i].Name);
            if (plain[i] is not null) SameTensor.Check(plain[i]!, again[i]!, trained[i].Name);
        }
        Assert.True(plain.Count(gradient => gradient is not null && gradient.abs().max().item<float>() > 0) > plain.Length * 0.8);

        Tensor?[] Gradients(bool recompute)
        {
            model.GradientCheckpointing = recompute;
            foreach (var (_, value) in trained) value.grad = null;
            DeviceRandom.Seed(7, TestDevice.Here);
            using var batch = TextBatch.Of([TokenizedExample.Classified([0, 9, 40, 12, 2], 1), TokenizedExample.Classified([0, 33, 2], 0)], padId: 1, TestDevice.Here);
            for (var micro = 0; micro < 2; micro++) ClassificationLoss.Sum(model, batch).backward();
            return [.. trained.Select(parameter => parameter.Value.grad?.clone())];
        }
    }
}
