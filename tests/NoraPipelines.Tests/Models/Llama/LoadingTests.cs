using NoraPipelines.Checkpoints;
using NoraPipelines.Methods;
using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Llama;

public sealed class LoadingTests
{
    [Fact]
    public void A_written_model_loads_with_the_same_weights()
    {
        using var folder = new TemporaryFolder();
        using var model = TinyDecoder.Create(TinyDecoder.Shape() with { AttentionBias = AttentionBias.All });
        using var checkpoint = Write(folder, model);
        using var loaded = LlamaModel.Load(checkpoint, model.Shape, ScalarType.Float32, CPU);

        Assert.Equal(2 + 2 * (7 + 4 + 2) + 1, loaded.Parameters.Count());
        foreach (var (expected, actual) in model.Parameters.Zip(loaded.Parameters))
        {
            Assert.Equal(expected.Name, actual.Name);
            SameTensor.Check(expected.Value, actual.Value, expected.Name);
        }
        Assert.Equal(model.Shape.TotalParameters, loaded.Parameters.Sum(parameter => parameter.Value.numel()));
    }

    [Fact]
    public void A_tied_head_and_rotary_frequencies_in_the_file_are_accepted()
    {
        using var folder = new TemporaryFolder();
        using var model = TinyDecoder.Create(TinyDecoder.Shape() with { TiedEmbeddings = true });
        var all = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        all["lm_head.weight"] = all["model.embed_tokens.weight"];
        all["model.layers.0.self_attn.rotary_emb.inv_freq"] = ones(4);
        all["model.rotary_emb.inv_freq"] = ones(4);
        all["model.position_ids"] = arange(4, ScalarType.Int64);
        using var checkpoint = Write(folder, model, all);
        using var loaded = LlamaModel.Load(checkpoint, model.Shape, ScalarType.Float32, CPU);
        Assert.DoesNotContain(loaded.Parameters, parameter => parameter.Name == "lm_head.weight");
    }

    [Fact]
    public void A_file_saved_without_the_models_prefix_loads_as_transformers_loads_it()
    {
        using var folder = new TemporaryFolder();
        using var model = TinyDecoder.Create(TinyDecoder.Shape() with { TiedEmbeddings = true });
        using var checkpoint = Write(folder, model, model.Parameters.ToDictionary(parameter => parameter.Name["model.".Length..], parameter => parameter.Value));
        using var loaded = LlamaModel.Load(checkpoint, model.Shape, ScalarType.Float32, CPU);
        foreach (var (expected, actual) in model.Parameters.Zip(loaded.Parameters)) SameTensor.Check(expected.Value, actual.Value, expected.Name);
    }

    [Fact]
    public void A_config_that_contradicts_the_plan_is_refused_with_both_values()
    {
        using var folder = new TemporaryFolder();
        using var model = TinyDecoder.Create();
        using var checkpoint = Write(folder, model);
        var error = Assert.Throws<CheckpointException>(() => LlamaModel.Load(
            checkpoint, model.Shape with { HiddenSize = 40, RopeTheta = 500000 }, ScalarType.Float32, CPU));
        Assert.Contains("HiddenSize: the checkpoint has 32, the program expects 40", error.Message);
        Assert.Contains("RopeTheta: the checkpoint has 10000, the program expects 500000", error.Message);
    }

    [Fact]
    public void Wrong_missing_and_unexpected_tensors_are_all_named()
    {
        using var folder = new TemporaryFolder();
        using var model = TinyDecoder.Create();
        var all = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        all.Remove("model.norm.weight");
        all["model.layers.1.mlp.up_proj.weight"] = ones(3, 5);
        all["model.layers.7.mlp.up_proj.weight"] = ones(48, 32);
        using var checkpoint = Write(folder, model, all);

        var error = Assert.Throws<CheckpointException>(() => LlamaModel.Load(checkpoint, model.Shape, ScalarType.Float32, CPU));
        Assert.Contains("model.norm.weight", error.Message);
        Assert.Contains("[3, 5]", error.Message);
        Assert.Contains("[48, 32]", error.Message);
        Assert.Contains("model.layers.7.mlp.up_proj.weight", error.Message);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_weight_that_is_not_finite_is_refused_by_name_and_nothing_stays_allocated(float bad)
    {
        using var folder = new TemporaryFolder();
        using var model = TinyDecoder.Create();
        model.Layers[1].Mlp.UpProj.Weight[3, 4] = tensor(bad);
        using var checkpoint = Write(folder, model);

        var before = TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        var error = Assert.Throws<CheckpointException>(() => LlamaModel.Load(checkpoint, model.Shape, ScalarType.Float32, CPU));
        Assert.Contains("model.layers.1.mlp.up_proj.weight", error.Message);
        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Random_weights_depend_on_the_seed_alone()
    {
        using var first = LlamaModel.Random(TinyDecoder.Shape(), 4, ScalarType.Float32, CPU);
        using var again = LlamaModel.Random(TinyDecoder.Shape(), 4, ScalarType.Float32, CPU);
        using var other = LlamaModel.Random(TinyDecoder.Shape(), 5, ScalarType.Float32, CPU);
        foreach (var (expected, actual) in first.Parameters.Zip(again.Parameters)) SameTensor.Check(expected.Value, actual.Value);
        var weight = first.Layers[0].Mlp.UpProj.Weight;
        Assert.False(weight.Equals(other.Layers[0].Mlp.UpProj.Weight));
        Assert.InRange(weight.std().item<float>(), 0.018f, 0.022f);
        var norms = first.Parameters.Where(parameter => parameter.Value.dim() == 1);
        Assert.All(norms, norm => Assert.Equal(1, norm.Value.min().item<float>()));
    }

    [Fact]
    public void Only_float32_weights_train_in_full()
    {
        using var model = TinyDecoder.Create(dtype: ScalarType.BFloat16);
        var error = Assert.Throws<NoraException>(model.TrainAllParameters);
        Assert.Contains("float32", error.Message);
        Assert.DoesNotContain(model.Parameters, parameter => parameter.Value.requires_grad);
    }

    [Fact]
    public void Too_many_tokens_are_refused_with_both_numbers()
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create();
        var error = Assert.Throws<NoraException>(() => model.Hidden(TinyDecoder.Ids(1, 65)));
        Assert.Contains("64 positions", error.Message);
        Assert.Contains("65 tokens", error.Message);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(-1)]
    public void A_token_that_the_model_does_not_know_is_refused_with_the_range(long token)
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create();
        var error = Assert.Throws<NoraException>(() => model.Hidden(tensor(new[,] { { 1L, token, 2L } })));
        Assert.Contains($"token {token};", error.Message);
        Assert.Contains("0 to 49", error.Message);
    }

    private static HuggingFaceCheckpoint Write(
        TemporaryFolder folder, LlamaModel model, IEnumerable<KeyValuePair<string, Tensor>>? tensors = null)
    {
        var shape = model.Shape;
        File.WriteAllText(Path.Combine(folder.Path, "config.json"), $$"""
            {
              "model_type": "llama", "vocab_size": {{shape.VocabularySize}}, "hidden_size": {{shape.HiddenSize}},
              "intermediate_size": {{shape.FeedForwardSize}}, "num_hidden_layers": {{shape.LayerCount}},
              "num_attention_heads": {{shape.HeadCount}}, "num_key_value_heads": {{shape.KeyValueHeadCount}},
              "head_dim": {{shape.HeadSize}}, "max_position_embeddings": {{shape.MaxPositions}}, "rms_norm_eps": 1e-05,
              "rope_theta": 10000.0, "hidden_act": "silu", "tie_word_embeddings": {{(shape.TiedEmbeddings ? "true" : "false")}},
              "attention_bias": {{(shape.AttentionBias == AttentionBias.All ? "true" : "false")}}
            }
            """);
        SafetensorsWriter.Write(
            Path.Combine(folder.Path, "model.safetensors"),
            tensors ?? model.Parameters.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value)));
        return HuggingFaceCheckpoint.Open(folder.Path);
    }
}
