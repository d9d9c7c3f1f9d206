using NoraPipelines.Data;
using NoraPipelines.Export;
using NoraPipelines.Initialization;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Clip;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Clip;

public sealed class ClipModelTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void The_published_model_has_as_many_numbers_as_its_tensors() => Assert.Equal(149_620_737,
        ClipTowerWeights.Expected((ClipShape)ModelCatalog.Find("clip-vit-b-16")!).Values.Sum(size => size.Aggregate(1L, (product, side) => product * side)));

    [Fact]
    public void A_projection_of_each_tower_is_a_member_of_its_layer()
    {
        using var model = TinyClip.Create();
        Assert.Equal("vision_model.encoder.layers.1.self_attn.q_proj", model.Vision.Layers[1].SelfAttention.QProj.Path);
        Assert.Equal("text_model.encoder.layers.0.mlp.fc2", model.Text.Layers[0].Mlp.Fc2.Path);
        Assert.Equal(
            ["q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"], model.Text.Layers[0].Projections.Select(projection => projection.Name));
    }

    [Fact]
    public void What_is_behind_the_end_token_changes_nothing_whatever_pads()
    {
        using var noGradient = no_grad();
        using var model = TinyClip.Create();
        var brief = tensor(new long[,] { { 48, 5, 7, 49 }, { 48, 9, 49, 0 } });
        var padded = tensor(new long[,] { { 48, 5, 7, 49, 49, 49 }, { 48, 9, 49, 49, 49, 49 } });
        Assert.Equal([3L, 2L], model.Text.EndsOf(padded).data<long>().ToArray());
        Near.Check(model.TextFeatures(brief), model.TextFeatures(padded), 1e-6, 0, "features");
    }

    [Fact]
    public void A_prompt_that_holds_the_end_token_ends_there()
    {
        using var prompts = PromptBatch.Of([[48, 5, 49, 7, 49], [48, 5, 49]]);
        Assert.Equal([2L, 2L], prompts.Ends.data<long>().ToArray());
    }

    [Fact]
    public void The_end_token_of_the_config_need_not_be_the_highest_id()
    {
        using var model = TinyClip.Create(TinyClip.Shape with { EndToken = 20 });
        Assert.Equal([2L, 1L], model.Text.EndsOf(tensor(new long[,] { { 48, 5, 20, 49 }, { 48, 20, 20, 0 } })).data<long>().ToArray());
    }

    [Fact]
    public void Texts_and_pictures_that_do_not_fit_are_refused()
    {
        using var model = TinyClip.Create();
        Assert.Contains("has positions for 12 tokens and was given 13", Assert.Throws<NoraException>(() => model.TextFeatures(zeros([1, 13], ScalarType.Int64))).Message);
        Assert.Contains("The text holds token 50; the model knows 0 to 49",
            Assert.Throws<NoraException>(() => model.TextFeatures(full([1, 3], 50, ScalarType.Int64))).Message);
        Assert.Contains("given pictures [1, 3, 24, 16]; expected [rows, 3, 16, 16]",
            Assert.Throws<NoraException>(() => model.ImageFeatures(zeros([1, 3, 24, 16]))).Message);
    }

    [Fact]
    public void Exact_gelu_is_another_function()
    {
        using var noGradient = no_grad();
        using var quick = TinyClip.Create();
        using var exact = TinyClip.Create(TinyClip.Shape with { Text = TinyClip.Shape.Text with { Activation = GateActivation.Gelu } });
        Assert.True((quick.TextFeatures(TinyClip.Ids()) - exact.TextFeatures(TinyClip.Ids())).abs().max().item<float>() > 1e-3);
        Near.Check(quick.ImageFeatures(TinyClip.Pixels()), exact.ImageFeatures(TinyClip.Pixels()), 0, 0, "features");
    }

    [Fact]
    public void A_patch_that_does_not_divide_the_picture_leaves_its_rest_aside()
    {
        using var noGradient = no_grad();
        var shape = TinyClip.Shape with { PatchSize = 5, Vision = TinyClip.Shape.Vision with { Positions = 10 } };
        using var model = TinyClip.Create(shape);
        Assert.Equal([2, 10, 32], model.Vision.Embed(TinyClip.Pixels()).shape);
    }

    [Fact]
    public void In_bfloat16_features_and_logits_are_float32()
    {
        using var noGradient = no_grad();
        using var wide = TinyClip.Create();
        using var model = TinyClip.Create(dtype: ScalarType.BFloat16);
        var logits = model.Logits(TinyClip.Pixels(), TinyClip.Ids());
        Assert.Equal(ScalarType.Float32, logits.dtype);
        Assert.Equal(ScalarType.Float32, model.ImageFeatures(TinyClip.Pixels()).dtype);
        Near.Check(wide.Logits(TinyClip.Pixels(), TinyClip.Ids()), logits, 0.4, 0, "logits");
    }

    [Fact]
    public void A_seed_gives_the_same_weights_and_the_published_start()
    {
        using var model = TinyClip.Create();
        using var again = TinyClip.Create();
        foreach (var (first, second) in model.Parameters.Zip(again.Parameters)) Near.Check(first.Value, second.Value, 0, 0, first.Name);
        Assert.Equal(1 / 0.07, model.LogitScale().item<float>(), 1e-4);
        using var untouched = ClipModel.Random(TinyClip.Shape, 5, ScalarType.Float32, CPU);
        Assert.Equal(Math.Pow(32, -0.5), untouched.Vision.Layers[0].SelfAttention.QProj.Weight.std().item<float>(), 0.02);
    }

    [Fact]
    public void Frozen_weights_get_no_gradient_and_a_tower_without_adapters_keeps_no_graph()
    {
        using var model = TinyClip.Create();
        using var adapters = new AdapterSet();
        foreach (var layer in model.Text.Layers) adapters.AddNora(layer.SelfAttention.QProj, 8, 2, 8);
        using var prompts = TinyClip.Prompts();
        Assert.False(model.ImageFeatures(TinyClip.Pixels()).requires_grad);
        FewShotLoss.Sum(model, TinyClip.Pixels(), tensor(new long[] { 0, 1 }), prompts).backward();
        Assert.All(model.Parameters, parameter => Assert.Null(parameter.Value.grad));
        Assert.All(adapters.Trainable, parameter => Assert.NotNull(parameter.Value.grad));
    }

    /// <summary>The scaling by second moments has the least error that a pair of its rank can have, where there are inputs enough to estimate them.</summary>
    [Fact]
    public void AwSVD_starts_both_towers_and_its_errors_are_below_those_of_SVD()
    {
        using var model = TinyClip.Create();
        using var adapters = new AdapterSet();
        foreach (var projection in model.Projections.Where(projection => projection.Name is "q_proj" or "k_proj" or "v_proj")) adapters.AddNora(projection, 8, 3, 8);
        var random = new Random(2);
        int[][] prompts = [.. Enumerable.Range(0, 64).Select(_ => (int[])[48, .. Enumerable.Range(0, 8).Select(_ => random.Next(48)), 49])];
        var passes = new ClipCalibration(model, TinyClip.Pixels(64), prompts).Passes(64, batch: 16, heldOutRows: 64, seed: 1);
        using var statistics = ActivationStatistics.Collect(model, adapters.Items.Select(item => item.Projection), passes, covariance: true);
        var plan = new NoraPlan { OuterRank = 8, InnerRank = 3, Alpha = 8, Targets = EquatableArray.Of("q_proj", "k_proj", "v_proj") };
        var report = NoraStart.Initialise(adapters, plan, new CalibrationPlan(), statistics, seed: 1);
        Assert.Equal(15, report.Projections.Count);
        foreach (var tower in report.Projections.GroupBy(projection => projection.Projection.Split('_')[0]))
            Assert.True(tower.Average(one => one.Errors!.Covariance) < tower.Average(one => one.Errors!.Svd), $"{tower.Key}: {report.MeanErrors}");
    }

    [Theory]
    [InlineData("q_proj", 32)]
    [InlineData("vision.fc1", 48)]
    [InlineData("text.q_proj", 24)]
    public void A_target_of_one_tower_or_of_both_decides_the_size_of_VeRAs_pair(string target, int expected)
    {
        using var model = TinyClip.Create();
        using var pair = VeraStart.DrawPair(model, [target], rank: 4, seed: 1);
        Assert.Equal(expected, pair.B.shape[0]);
    }

    [Fact]
    public void A_merged_model_is_written_by_Hugging_Faces_names_and_loaded_back()
    {
        using var noGradient = no_grad();
        using var model = TinyClip.Create();
        using var adapters = new AdapterSet();
        foreach (var projection in model.Projections.Where(projection => projection.Name == "v_proj")) adapters.AddLora(projection, 2, 2);
        foreach (var (_, value) in adapters.Trainable) value.copy_(randn(value.shape, generator: new Generator(3, CPU)).mul_(0.2));
        var expected = model.Logits(TinyClip.Pixels(), TinyClip.Ids());
        MergedExport.Write(_folder.Path, model, adapters, source: null, ScalarType.Float32);

        using var merged = GoldenClip.Load(_folder.Path);
        Assert.Equal(model.Shape, merged.Shape);
        Near.Check(expected, merged.Logits(TinyClip.Pixels(), TinyClip.Ids()), 1e-5, 1e-5, "logits");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Loading_tells_keys_of_the_config_that_are_not_read(bool other)
    {
        foreach (var file in (string[])["config.json", "model.safetensors"]) File.Copy(GoldenFile.Path($"clip-tiny/{file}"), _folder[file]);
        if (other)
        {
            var config = File.ReadAllText(_folder["config.json"]).Replace("\"bos_token_id\": 318", "\"bos_token_id\": 318, \"attention_dropout\": 0.1");
            File.WriteAllText(_folder["config.json"], config);
        }
        var told = new List<string>();
        GoldenClip.Load(_folder.Path, told.Add).Dispose();
        if (other) Assert.StartsWith("config.json: not read: text_config.attention_dropout (0.1).", Assert.Single(told));
        else Assert.Empty(told);
    }
}
