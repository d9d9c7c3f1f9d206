using NoraPipelines.Data;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Clip;
using NoraPipelines.Plans;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Clip;

[Collection(RandomState.Name)]
public sealed class FewShotTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly ClipModel _model = TinyClip.Create();

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void Weights_of_several_templates_are_normalised_averaged_and_normalised_again()
    {
        using var noGradient = no_grad();
        using var first = TinyClip.Prompts();
        using var second = PromptBatch.Of([[48, 11, 5, 7, 20, 49], [48, 11, 9, 49], [48, 11, 30, 31, 32, 49]]);
        Tensor[] features = [_model.TextFeatures(first), _model.TextFeatures(second)];
        var expected = new float[3, 16];
        for (var row = 0; row < 3; row++)
        {
            var mean = new double[16];
            foreach (var each in features.Select(all => all[row].data<float>().Select(value => (double)value).ToArray()))
                for (var i = 0; i < 16; i++) mean[i] += each[i] / Math.Sqrt(each.Sum(value => value * value)) / 2;
            for (var i = 0; i < 16; i++) expected[row, i] = (float)(mean[i] / Math.Sqrt(mean.Sum(value => value * value)));
        }
        Near.Check(tensor(expected), FewShot.ClassWeights(_model, first, second), 1e-6, 1e-5, "weights");
        Near.Check(FewShot.Normalised(features[0]), FewShot.ClassWeights(_model, first), 0, 0, "weights of one template");
    }

    [Fact]
    public void Templates_of_different_classes_are_refused()
    {
        using var three = TinyClip.Prompts();
        using var one = PromptBatch.Of([[48, 5, 49]]);
        Assert.Contains("have 3, 1 prompts", Assert.Throws<NoraException>(() => FewShot.ClassWeights(_model, three, one)).Message);
        Assert.Contains("at least one", Assert.Throws<NoraException>(() => FewShot.ClassWeights(_model)).Message);
        Assert.Contains("at least one", Assert.Throws<NoraException>(() => PromptBatch.Of([[48, 5, 49], []])).Message);
    }

    [Fact]
    public void Logits_are_scaled_cosines()
    {
        using var noGradient = no_grad();
        var logits = FewShot.Logits(tensor(new float[,] { { 3, 4 }, { 0, 2 } }), tensor(new float[,] { { 1, 0 }, { 0, 1 } }), tensor(100f));
        Near.Check(tensor(new float[,] { { 60, 80 }, { 0, 100 } }), logits, 1e-5, 0, "logits");
    }

    /// <summary>Each method of text on both towers, with dropout: what trains learns, and nothing else changes.</summary>
    [Theory]
    [InlineData("lora")]
    [InlineData("rslora")]
    [InlineData("lora_fa")]
    [InlineData("lora_xs")]
    [InlineData("dora")]
    [InlineData("pissa")]
    [InlineData("vera")]
    [InlineData("adalora")]
    [InlineData("dylora")]
    [InlineData("lokr")]
    [InlineData("nora")]
    [InlineData("nora parallel")]
    [InlineData("nora adapter")]
    [InlineData("nora w_a_and_w_b")]
    public void A_method_learns_classes_on_both_towers(string method)
    {
        using var adapters = ClipAdapters.Place(_model, method, dropout: method is "pissa" or "dylora" or "lokr" ? 0 : 0.1);
        var frozen = _model.Parameters.Where(parameter => !parameter.Value.requires_grad).Select(parameter => (parameter.Value, Before: parameter.Value.clone())).ToArray();
        using var prompts = TinyClip.Prompts();
        var (pixels, labels) = (TinyClip.Pixels(6), tensor([0L, 1L, 2L, 0L, 1L, 2L]));
        using var optimizer = new AdamW(adapters.Trainable);
        adapters.Training = true;
        manual_seed(1);
        var losses = new List<float>();
        for (var step = 0; step < 60; step++)
        {
            using var scope = NewDisposeScope();
            var loss = FewShotLoss.Sum(_model, pixels, labels, prompts) / 6;
            loss.backward();
            optimizer.Step(2e-2);
            optimizer.ZeroGrad();
            losses.Add(loss.item<float>());
        }
        Assert.True(losses[^1] < 0.6 * losses[0], $"{method}: the loss went from {losses[0]} to {losses[^1]}");
        foreach (var (value, before) in frozen) Near.Check(before, value, 0, 0, "a frozen weight");
        Assert.Equal(2 + 3, adapters.Items.Count(item => item.Projection.Name == "q_proj"));
    }

    [Fact]
    public void Dropout_has_a_mask_of_its_own_in_each_projection()
    {
        using var noGradient = no_grad();
        var layer = _model.Vision.Layers[0].SelfAttention;
        using var adapters = new AdapterSet();
        foreach (var projection in (ReadOnlySpan<LinearProjection>)[layer.QProj, layer.KProj]) adapters.AddRsLora(projection, 2, 1, dropout: 0.5);
        foreach (var item in adapters.Items.Select(item => (LoraAdapter)item.Adapter)) item.SetFactors(ones(32, 2), ones(2, 32));
        adapters.Training = true;
        manual_seed(1);
        var x = ones(5, 32);
        Tensor Added(LinearProjection projection) => projection.Forward(x) - nn.functional.linear(x, projection.Weight, projection.Bias);
        Assert.True((Added(layer.QProj) - Added(layer.KProj)).abs().max().item<float>() > 1);
    }

    /// <summary>NoRA 256/16 and CLIP-LoRA of rank 2 on q, k and v of both towers of ViT-B/16, counted on the tensors.</summary>
    [Theory]
    [InlineData("nora", 589_824)]
    [InlineData("clip_lora", 184_320)]
    public void As_many_parameters_train_as_published(string method, long expected)
    {
        var shape = (ClipShape)ModelCatalog.Find("clip-vit-b-16")!;
        using var adapters = new AdapterSet();
        foreach (var projection in shape.Projections.Where(projection => projection.Name is "q_proj" or "k_proj" or "v_proj"))
        {
            for (var layer = 0; layer < projection.Layers; layer++)
            {
                using var one = new LinearProjection(projection.PathOf(layer), zeros(projection.Out, projection.In));
                if (method == "nora") adapters.AddNora(one, outerRank: 256, innerRank: 16, alpha: 256);
                else adapters.AddRsLora(one, rank: 2, alpha: 1);
            }
        }
        Assert.Equal(72, adapters.Items.Count);
        Assert.Equal(expected, adapters.TrainableCount);
        var plan = (AdapterPlan)(method == "nora" ? new NoraPlan { OuterRank = 256, InnerRank = 16, Alpha = 256, Targets = Targets }
            : new RsLoraPlan { Rank = 2, Alpha = 1, Targets = Targets });
        Assert.Equal(expected, ParameterCount.Trainable(shape, plan));
    }

    private static EquatableArray<string> Targets => EquatableArray.Of("q_proj", "k_proj", "v_proj");
}
