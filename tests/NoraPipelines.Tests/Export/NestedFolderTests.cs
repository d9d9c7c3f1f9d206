using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tests.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Export;

public class NestedFolderTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Factors_scale_and_dropout_come_back_bit_for_bit(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var adapted = AdaptedDecoder.Nora(projection => projection.Name != "k_proj", projection => 2 + projection.Layer, dtype);
        NestedFolder.Write(folder.Path, adapted.Adapters, "base");

        using var model = TinyDecoder.Create(dtype: dtype);
        using var adapters = NestedFolder.Load(folder.Path, model);
        SameAdapters.Check(adapted.Adapters, adapters);
        SameTensor.Check(adapted.Logits(), AdaptedDecoder.Logits(model));
    }

    [Fact]
    public void Lora_xs_comes_back_and_lora_is_refused()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using (var adapted = AdaptedDecoder.LoraXs())
        {
            Assert.True(NestedFolder.CanHold(adapted.Adapters));
            NestedFolder.Write(folder.Path, adapted.Adapters, "base");
            using var model = TinyDecoder.Create();
            using var adapters = NestedFolder.Load(folder.Path, model);
            SameTensor.Check(adapted.Logits(), AdaptedDecoder.Logits(model));
        }
        using var lora = AdaptedDecoder.Lora();
        Assert.False(NestedFolder.CanHold(lora.Adapters));
        var refusal = Assert.Throws<NoraException>(() => NestedFolder.Write(folder.Path, lora.Adapters, "base"));
        Assert.Contains("has no nested factors", refusal.Message);
    }

    [Fact]
    public void A_model_of_another_shape_is_refused_with_both_shapes()
    {
        using var folder = new TemporaryFolder();
        using (var adapted = AdaptedDecoder.Nora()) NestedFolder.Write(folder.Path, adapted.Adapters, "base");
        using var model = TinyDecoder.Create(TinyDecoder.Shape() with { FeedForwardSize = 64, LayerCount = 1 });
        var message = Assert.Throws<CheckpointException>(() => NestedFolder.Load(folder.Path, model)).Message;
        Assert.Contains("mlp.up_proj: the adapter is for [48, 32], the model's weight is [64, 32]", message);
        Assert.Contains("model.layers.1.self_attn.q_proj: the model has no such projection", message);
        Assert.All(model.Projections, projection => Assert.Null(projection.Adapter));
    }

    [Theory]
    [InlineData("\"inner_rank\": 3", "\"inner_rank\": 2", "expected [2, 6]")]
    [InlineData("\"inner_rank\": 3", "\"inner_rank\": -1", "out of their bounds")]
    [InlineData("\"inner_rank\": 3", "\"inner_rank\": null", "missing: model.layers.0.self_attn.q_proj.core [6, 6]")]
    [InlineData("\"inner_rank\": 3,", "", "lacks a key")]
    [InlineData("\"outer_rank\": 6", "\"outer_rank\": 99999", "out of their bounds")]
    [InlineData("\"alpha\": 9", "\"alpha\": \"9\"", "of another type")]
    [InlineData("\"version\": 1", "\"version\": 2", "of another kind or version")]
    [InlineData("nora-nested", "other", "of another kind or version")]
    [InlineData("layers.1.self_attn.q_proj", "layers.0.self_attn.q_proj", "twice")]
    public void A_description_that_does_not_fit_is_refused(string written, string changed, string message)
    {
        using var folder = new TemporaryFolder();
        using (var adapted = AdaptedDecoder.Nora()) NestedFolder.Write(folder.Path, adapted.Adapters, "base");
        var description = File.ReadAllText(folder["nested.json"]);
        Assert.Contains(written, description);
        File.WriteAllText(folder["nested.json"], description.Replace(written, changed));
        Refused(folder, message);
    }

    [Fact]
    public void Missing_and_damaged_files_are_refused()
    {
        using var folder = new TemporaryFolder();
        using (var adapted = AdaptedDecoder.Nora()) NestedFolder.Write(folder.Path, adapted.Adapters, "base");
        var inner = File.ReadAllBytes(folder["inner.safetensors"]);
        File.WriteAllBytes(folder["inner.safetensors"], inner[..^1]);
        Refused(folder, "cut off");
        File.Delete(folder["inner.safetensors"]);
        Refused(folder, "inner.safetensors: not found");
        File.Delete(folder["nested.json"]);
        Refused(folder, "has no nested.json");
        File.WriteAllText(folder["adapter_config.json"], "{}");
        Refused(folder, "holds an adapter in PEFT's form");
    }

    private static void Refused(TemporaryFolder folder, string message)
    {
        using var model = TinyDecoder.Create();
        Assert.Contains(message, Assert.Throws<CheckpointException>(() => NestedFolder.Load(folder.Path, model)).Message);
        Assert.All(model.Projections, projection => Assert.Null(projection.Adapter));
    }
}
