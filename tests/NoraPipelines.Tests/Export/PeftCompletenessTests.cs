using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Llama;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tests.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Export;

/// <summary>An adapter's file holds the modules that its config means, and nothing is passed over without a word.</summary>
public sealed class PeftCompletenessTests : IDisposable
{
    private const string Gate = "model.layers.1.mlp.gate_proj";
    private readonly TemporaryFolder _folder = new();
    private readonly LlamaModel _model = TinyDecoder.Create();

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("lora")]
    [InlineData("rslora")]
    [InlineData("dora")]
    [InlineData("vera")]
    [InlineData("lokr")]
    [InlineData("adalora")]
    public void A_file_without_a_module_that_the_config_means_is_refused_by_its_name(string method)
    {
        Write(method);
        Drop(name => name.Contains(Gate, StringComparison.Ordinal));
        var message = Assert.Throws<CheckpointException>(() => MethodFolder.Attach(_model, _folder.Path)).Message;
        Assert.Contains(Gate, message);
        if (method != "adalora") Assert.Contains($"in all 2 layers; adapter_model.safetensors lacks 1 of 14 modules: {Gate}.", message);
        Assert.All(_model.Projections, projection => Assert.Null(projection.Adapter));
    }

    [Fact]
    public void Layers_to_transform_says_that_the_rest_is_left_out()
    {
        Write("lora");
        Drop(name => name.Contains("layers.1.", StringComparison.Ordinal));
        Change(config => config["layers_to_transform"] = new JsonArray(0));
        using var adapters = MethodFolder.Attach(_model, _folder.Path);
        Assert.Equal(7, adapters.Items.Count);
    }

    [Theory]
    [InlineData("embed_tokens")]
    [InlineData("lm_head")]
    public void A_module_that_is_no_projection_is_missed_too(string name)
    {
        Write("lora");
        Change(config => config["target_modules"]!.AsArray().Add(name));
        Assert.Contains(name, Assert.Throws<CheckpointException>(() => MethodFolder.Attach(_model, _folder.Path)).Message);
    }

    [Fact]
    public void Training_does_not_go_on_from_a_part_of_an_adapter_even_where_the_spec_wants_no_more()
    {
        Write("lora");
        Drop(name => name.Contains(Gate, StringComparison.Ordinal));
        using var adapters = AdapterSet.On(_model, projection => projection.Path == Gate ? null
            : new LoraAdapter(projection.OutFeatures, projection.InFeatures, 3, 6, 0, CPU, seed: 1));
        Assert.Contains("lacks 1 of 14", Assert.Throws<CheckpointException>(() => AdapterStart.Read(_folder.Path, adapters, _model)).Message);
    }

    [Theory]
    [InlineData("fan_in_fan_out", "true", "fan_in_fan_out is true, and all layers of this model are nn.Linear")]
    [InlineData("exclude_modules", "[\"c_attn\"]", "no module of this model is meant by exclude_modules 'c_attn'")]
    [InlineData("target_modules", "[\"q_proj\",\"k_proj\",\"v_proj\",\"o_proj\",\"gate_proj\",\"up_proj\",\"down_proj\",\"w_proj\"]", "meant by target_modules 'w_proj'")]
    [InlineData("layers_to_transform", "[0,1,7]", "meant by layers_to_transform 7")]
    public void What_means_nothing_on_this_model_is_told_and_changes_nothing(string key, string value, string told)
    {
        Write("lora");
        using var scope = NewDisposeScope();
        var before = Logits(told: null);
        Change(config => config[key] = JsonNode.Parse(value));
        Assert.Equal(0, (before - Logits(told)).abs().max().item<float>());
    }

    [Fact]
    public void Biases_that_nobody_has_are_no_matter_and_those_of_the_model_must_be_in_the_file()
    {
        Write("lora");
        Change(config => config["bias"] = "all");
        using (MethodFolder.Attach(_model, _folder.Path)) Assert.All(_model.Projections, projection => Assert.NotNull(projection.Adapter));
        using var biased = TinyDecoder.Create(TinyDecoder.Shape() with { AttentionBias = Plans.AttentionBias.All });
        Assert.Contains("holds none of the model's 8 biases", Assert.Throws<CheckpointException>(() => MethodFolder.Attach(biased, _folder.Path)).Message);
    }

    [Fact]
    public void The_vector_of_a_dora_is_read_under_both_of_its_names()
    {
        Write("dora");
        using var scope = NewDisposeScope();
        var before = Logits(told: null);
        Rewrite(tensors => tensors.Select(pair => KeyValuePair.Create(pair.Key.EndsWith("magnitude_vector", StringComparison.Ordinal) ? pair.Key + ".weight" : pair.Key, pair.Value)));
        Assert.Equal(0, (before - Logits(told: null)).abs().max().item<float>());
    }

    private Tensor Logits(string? told)
    {
        var report = new List<string>();
        using var adapters = MethodFolder.Attach(_model, _folder.Path, report.Add);
        if (told is null) Assert.Empty(report);
        else Assert.Contains(told, Assert.Single(report));
        using var noGradient = no_grad();
        return _model.Logits(_model.Hidden(TinyDecoder.Ids(2, 6)));
    }

    private void Write(string method)
    {
        if (method == "adalora")
        {
            using var adapted = AdaptedDecoder.AdaLora();
            MethodFolder.Write(_folder.Path, adapted.Adapters, new Plans.AdaLoraPlan { Rank = 5, Alpha = 6, TargetRank = 3 }, "base", adapted.Model, steps: 40);
        }
        else if (method == "lora")
        {
            using var adapters = AdapterSet.On(_model, projection => new LoraAdapter(projection.OutFeatures, projection.InFeatures, 3, 6, 0, CPU, seed: 1));
            foreach (var item in adapters.Items)
            {
                using var noGradient = no_grad();
                ((LoraAdapter)item.Adapter).B.fill_(0.1f);
            }
            PeftExport.Write(_folder.Path, adapters, "base", new() { Model = _model });
        }
        else
        {
            using var decoder = MethodDecoders.Make(method);
            MethodFolder.Write(_folder.Path, decoder.Adapters, MethodDecoders.Plan(method), "base", decoder.Model);
        }
    }

    private void Drop(Func<string, bool> isGone) => Rewrite(tensors => tensors.Where(pair => !isGone(pair.Key)));

    private void Rewrite(Func<Dictionary<string, Tensor>, IEnumerable<KeyValuePair<string, Tensor>>> change)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors;
        using (var file = SafetensorsFile.Open(_folder["adapter_model.safetensors"])) tensors = file.Tensors.Keys.ToDictionary(name => name, name => file.Read(name));
        SafetensorsWriter.Write(_folder["adapter_model.safetensors"], change(tensors));
    }

    private void Change(Action<JsonObject> change)
    {
        var config = JsonNode.Parse(File.ReadAllText(_folder["adapter_config.json"]))!.AsObject();
        change(config);
        File.WriteAllText(_folder["adapter_config.json"], config.ToJsonString());
    }
}
