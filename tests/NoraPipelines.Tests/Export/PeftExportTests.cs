using System.Text.Json;
using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tests.Models.Llama;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Export;

public class PeftExportTests
{
    [Fact]
    public void Nested_adapters_of_differing_ranks_become_one_lora_with_the_same_logits()
    {
        using var folder = new TemporaryFolder();
        using var adapted = AdaptedDecoder.Nora(innerRank: projection => projection.Name == "v_proj" ? 2 : 3 + projection.Layer);
        var result = PeftExport.Write(folder.Path, adapted.Adapters, "models/base", new() { Model = adapted.Model });
        Assert.Equal((4, 14, 8), (result.Rank, result.Modules, result.VllmMaxLoraRank!.Value));

        Near.Check(adapted.Logits(), LogitsOf(folder.Path, adapted), 1e-4, 1e-5, "logits");
        using var file = SafetensorsFile.Open(folder["adapter_model.safetensors"]);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(28, file.Tensors.Count);
        Assert.All(file.Tensors.Values, entry => Assert.Equal(float32, entry.Dtype));
        Assert.All(file.Tensors.Values, entry => Assert.Equal(4, entry.Shape[entry.Name.Contains("lora_A") ? 0 : 1]));
        using var scope = NewDisposeScope();
        var padded = file.Read("base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight"); // [4, 32] of rank 2
        Assert.Equal(0, padded[2..].abs().sum().item<float>());
        Assert.NotEqual(0, padded[..2].abs().sum().item<float>());
    }

    [Fact]
    public void Lora_and_lora_xs_export_to_the_same_logits()
    {
        using var folder = new TemporaryFolder();
        foreach (var adapted in new[] { AdaptedDecoder.Lora(), AdaptedDecoder.LoraXs() })
        {
            using (adapted)
            {
                PeftExport.Write(folder.Path, adapted.Adapters, "base");
                Near.Check(adapted.Logits(), LogitsOf(folder.Path, adapted), 1e-4, 1e-5, adapted.Adapters.Items[0].Adapter.Method);
                Assert.InRange(ExportCheck.Verify(adapted.Model, adapted.Adapters, folder.Path), 0, 1e-4);
            }
        }
    }

    [Fact]
    public void Names_and_config_keys_are_those_that_peft_writes()
    {
        using var folder = new TemporaryFolder();
        using var golden = new GoldenDecoder("llama-tiny");
        using var adapters = PeftAdapter.Attach(golden.Model, GoldenFile.Path("peft-llama-lora"));
        var result = PeftExport.Write(folder.Path, adapters, "llama-tiny", new() { Model = golden.Model });
        Assert.Equal(4, result.Rank);

        using var theirs = SafetensorsFile.Open(GoldenFile.Path("peft-llama-lora/adapter_model.safetensors"));
        using var ours = SafetensorsFile.Open(folder["adapter_model.safetensors"]);
        Assert.Equal(theirs.Tensors.Values.Select(entry => (entry.Name, entry.Description)).Order(),
            ours.Tensors.Values.Select(entry => (entry.Name, entry.Description)).Order());

        var expected = Config(GoldenFile.Path("peft-llama-lora"));
        var actual = Config(folder.Path);
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach (var (key, value) in expected)
        {
            // The scale of 2 is baked in: alpha is the rank. The targets are a set.
            if (key is "lora_alpha") Assert.Equal(4, actual[key].GetInt32());
            else if (key is "target_modules") Assert.Equal(Texts(value).Order(), Texts(actual[key]).Order());
            else Assert.True(JsonElement.DeepEquals(value, actual[key]), $"{key} is {actual[key]}, PEFT writes {value}");
        }
    }

    [Fact]
    public void Some_layers_are_listed_and_irregular_targets_are_named_in_full()
    {
        using var folder = new TemporaryFolder();
        using (var some = AdaptedDecoder.Nora(
            projection => projection.Name == "up_proj" || (projection.Layer == 1 && projection.Name == "q_proj")))
        {
            PeftExport.Write(folder["irregular"], some.Adapters, "base");
            Near.Check(some.Logits(), LogitsOf(folder["irregular"], some), 1e-4, 1e-5, "irregular");
        }
        var config = Config(folder["irregular"]);
        Assert.Equal(JsonValueKind.Null, config["layers_to_transform"].ValueKind);
        Assert.Equal(["model.layers.0.mlp.up_proj", "model.layers.1.self_attn.q_proj", "model.layers.1.mlp.up_proj"],
            Texts(config["target_modules"]));

        using (var last = AdaptedDecoder.Nora(projection => projection.Layer == 1))
        {
            PeftExport.Write(folder["last"], last.Adapters, "base", new() { Model = last.Model });
            Near.Check(last.Logits(), LogitsOf(folder["last"], last), 1e-4, 1e-5, "last");
        }
        config = Config(folder["last"]);
        Assert.Equal([1], config["layers_to_transform"].EnumerateArray().Select(layer => layer.GetInt32()));
        Assert.Equal(7, config["target_modules"].GetArrayLength());
    }

    [Fact]
    public void An_adapter_with_values_that_are_not_finite_is_not_exported()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var adapted = AdaptedDecoder.Nora(projection => projection.Name == "k_proj");
        var nested = (NoraAdapter)adapted.Adapters.Items[1].Adapter;
        nested.SetInner(full([6, 3], float.NaN), zeros(3, 6));
        var message = Assert.Throws<NoraException>(() => PeftExport.Write(folder.Path, adapted.Adapters, "base")).Message;
        Assert.Contains("model.layers.1.self_attn.k_proj", message);
        Assert.Contains("NaN or infinite", message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void No_adapter_is_not_exported()
    {
        using var none = new AdapterSet();
        Assert.Contains("no adapter", Assert.Throws<NoraException>(() => PeftExport.Write("never", none, "base")).Message);
    }

    [Fact]
    public void The_check_after_export_sees_an_adapter_of_another_run_and_puts_the_runs_own_back()
    {
        using var folder = new TemporaryFolder();
        using var adapted = AdaptedDecoder.Nora(dtype: ScalarType.BFloat16);
        PeftExport.Write(folder.Path, adapted.Adapters, "base");
        adapted.Adapters.Training = true;
        Assert.InRange(ExportCheck.Verify(adapted.Model, adapted.Adapters, folder.Path), 1e-4, 0.1);
        Assert.True(adapted.Adapters.Training);
        adapted.Adapters.Training = false;

        using var scope = NewDisposeScope();
        var before = adapted.Logits();
        using (var other = AdaptedDecoder.Lora()) PeftExport.Write(folder.Path, other.Adapters, "base");
        Assert.Contains("model.layers.0.self_attn.q_proj is not the adapter of this run", Refusal());
        using (var fewer = AdaptedDecoder.Nora(projection => projection.Layer == 0, dtype: ScalarType.BFloat16))
            PeftExport.Write(folder.Path, fewer.Adapters, "base");
        Assert.Contains("model.layers.1.self_attn.q_proj is not the adapter of this run", Refusal());
        SameTensor.Check(before, adapted.Logits());

        string Refusal() => Assert.Throws<NoraException>(
            () => ExportCheck.Verify(adapted.Model, adapted.Adapters, folder.Path)).Message;
    }

    [Theory]
    [InlineData(4, 8)]
    [InlineData(16, 16)]
    [InlineData(33, 64)]
    [InlineData(512, 512)]
    [InlineData(513, null)]
    public void The_rank_that_vllm_must_allow_is_one_it_knows(int rank, int? allowed)
    {
        var result = new PeftExportResult("folder", rank, 1);
        Assert.Equal(allowed, result.VllmMaxLoraRank);
        if (allowed <= 16) Assert.Null(result.ServingHint);
        else Assert.Contains(allowed is null ? "merge it" : $"--max-lora-rank {allowed}", result.ServingHint);
    }

    /// <summary>Logits of an equal model with the exported adapter.</summary>
    private static Tensor LogitsOf(string folder, AdaptedDecoder like)
    {
        using var model = TinyDecoder.Create(dtype: like.Model.Dtype);
        using var adapters = PeftAdapter.Attach(model, folder);
        return AdaptedDecoder.Logits(model);
    }

    private static Dictionary<string, JsonElement> Config(string folder) =>
        JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(File.ReadAllText(Path.Combine(folder, "adapter_config.json")))!;

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];
}
