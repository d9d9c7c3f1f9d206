using NoraPipelines.Data;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Roberta;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Roberta;

[Collection(RandomState.Name)]
public sealed class AdaptedEncoderTests
{
    public static TheoryData<string> Methods => ["nora", "lora", "lora_xs"];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Logits_are_those_of_the_merged_weights(string method)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = TinyEncoder.Create();
        using var merged = TinyEncoder.Create();
        using var adapters = Adapt(model, method);
        foreach (var (item, plain) in adapters.Items.Zip(merged.Projections)) plain.Weight.add_(item.Adapter.Delta());

        Near.Check(merged.Logits(TinyEncoder.Ids()), model.Logits(TinyEncoder.Ids()), 1e-4, 1e-4, "logits");
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Adapters_and_head_learn_and_nothing_else_does(string method)
    {
        using var scope = NewDisposeScope();
        using var model = TinyEncoder.Create();
        using var adapters = Adapt(model, method);
        adapters.TrainInFull(model.Classifier);
        using var optimizer = new AdamW(adapters.Trainable);
        using var batch = TextBatch.Of(
            [TokenizedExample.Classified([0, 9, 40, 2], 1), TokenizedExample.Classified([0, 33, 2], 0), TokenizedExample.Classified([0, 5, 2], 1)], padId: 1);
        var before = model.Parameters.Except(model.Classifier.Parameters).Select(parameter => parameter.Value.clone()).ToArray();

        adapters.Training = true;
        double first = 0, last = 0;
        for (var step = 0; step < 60; step++)
        {
            using var inner = NewDisposeScope();
            manual_seed(step);
            var loss = ClassificationLoss.Sum(model, batch) / batch.LabelledTokens;
            loss.backward();
            optimizer.Step(5e-3);
            optimizer.ZeroGrad();
            last = loss.item<float>();
            if (step == 0) first = last;
        }

        Assert.Equal(3, batch.LabelledTokens);
        Assert.True(last < first / 4, $"{method}: the loss went from {first} to {last}");
        foreach (var (kept, now) in before.Zip(model.Parameters)) Near.Check(kept, now.Value, 0, 0, now.Name);
    }

    [Fact]
    public void The_head_is_not_counted_but_trains_and_disposing_freezes_it()
    {
        using var model = TinyEncoder.Create();
        var adapters = Adapt(model, "lora");
        var counted = adapters.TrainableCount;
        adapters.TrainInFull(model.Classifier);
        Assert.Equal(counted, adapters.TrainableCount);
        Assert.Equal(4, adapters.Trainable.Count(parameter => parameter.Name.StartsWith("classifier.", StringComparison.Ordinal)));
        adapters.Training = true;
        Assert.True(model.Classifier.Training);
        adapters.Dispose();
        Assert.False(model.Classifier.Training);
        Assert.DoesNotContain(model.Parameters, parameter => parameter.Value.requires_grad);
    }

    [Fact]
    public void Padding_changes_nothing()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = TinyEncoder.Create();
        using var together = TextBatch.Of([TokenizedExample.Classified([0, 9, 40, 7, 7, 2], 1), TokenizedExample.Classified([0, 33, 2], 0)], padId: 1);
        using var alone = TextBatch.Of([TokenizedExample.Classified([0, 33, 2], 0)], padId: 1);
        Near.Check(
            model.Logits(alone.InputIds, alone.PaddingMask)[0], model.Logits(together.InputIds, together.PaddingMask)[1], 1e-5, 1e-5, "logits");
    }

    [Fact]
    public void A_regression_learns_the_squared_error()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = TinyEncoder.Create(labels: 1);
        using var batch = TextBatch.Of([TokenizedExample.Classified([0, 9, 2], 4.5f), TokenizedExample.Classified([0, 33, 2], 1)], padId: 1);
        var logits = model.Logits(batch.InputIds).data<float>().ToArray();
        var expected = (logits[0] - 4.5) * (logits[0] - 4.5) + (logits[1] - 1.0) * (logits[1] - 1.0);
        Assert.Equal(expected, ClassificationLoss.Sum(model, batch).item<float>(), 1e-4);
    }

    [Fact]
    public void In_bfloat16_the_head_stays_float32()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = TinyEncoder.Create(dtype: ScalarType.BFloat16);
        using var wide = TinyEncoder.Create();
        Assert.All(model.Classifier.Parameters, parameter => Assert.Equal(ScalarType.Float32, parameter.Value.dtype));
        var logits = model.Logits(TinyEncoder.Ids());
        Assert.Equal(ScalarType.Float32, logits.dtype);
        Near.Check(wide.Logits(TinyEncoder.Ids()), logits, 0.05, 0.1, "logits");
    }

    /// <summary>Adapters on all six projections with factors that change them.</summary>
    internal static AdapterSet Adapt(RobertaModel model, string method)
    {
        var adapters = new AdapterSet();
        foreach (var projection in model.Projections)
        {
            if (method == "nora") adapters.AddNora(projection, outerRank: 8, innerRank: 3, alpha: 8);
            else if (method == "lora") adapters.AddLora(projection, rank: 4, alpha: 8);
            else adapters.AddLoraXs(projection, rank: 6, alpha: 6);
        }
        using var noGradient = no_grad();
        using var generator = new Generator(5, CPU);
        foreach (var item in adapters.Items)
        {
            foreach (var (_, value) in item.Adapter.Trainable.Concat(item.Adapter.Frozen))
                value.copy_(randn(value.shape, generator: generator).mul_(0.2));
        }
        return adapters;
    }
}
