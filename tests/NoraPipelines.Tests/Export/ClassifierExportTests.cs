using System.Text.Json;
using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Roberta;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tests.Models.Roberta;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Export;

/// <summary>An adapter with the head that trained beside it, in PEFT's form and as nested factors.</summary>
public sealed class ClassifierExportTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();
    private readonly RobertaModel _model = TinyEncoder.Create();

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData("nora")]
    [InlineData("lora")]
    [InlineData("lora_xs")]
    public void An_exported_adapter_brings_its_head_along(string method)
    {
        using var adapters = Trained(method);
        var expected = Logits(_model);
        PeftExport.Write(_folder.Path, adapters, "base");
        Near.Check(expected, With(model => PeftAdapter.Attach(model, _folder.Path)), 1e-4, 1e-4, "logits");
        Assert.True(ExportCheck.Verify(_model, adapters, _folder.Path) < 1e-4);
    }

    [Theory]
    [InlineData("nora")]
    [InlineData("lora_xs")]
    public void Nested_factors_bring_it_along_as_well(string method)
    {
        using var adapters = Trained(method);
        var expected = Logits(_model);
        NestedFolder.Write(_folder.Path, adapters, "base");
        Near.Check(expected, With(model => NestedFolder.Load(_folder.Path, model)), 0, 0, "logits");
    }

    [Fact]
    public void The_files_are_those_of_a_sequence_classifier_in_PEFT()
    {
        using var adapters = Trained("lora");
        PeftExport.Write(_folder.Path, adapters, "base");
        using var file = SafetensorsFile.Open(_folder["adapter_model.safetensors"]);
        Assert.Contains("base_model.model.classifier.dense.weight", file.Tensors.Keys);
        Assert.Contains("base_model.model.classifier.out_proj.bias", file.Tensors.Keys);
        Assert.Contains("base_model.model.roberta.encoder.layer.1.attention.self.query.lora_A.weight", file.Tensors.Keys);
        Assert.Contains("base_model.model.roberta.encoder.layer.0.attention.output.dense.lora_B.weight", file.Tensors.Keys);
        Assert.Equal(4 + 2 * 12, file.Tensors.Count);
        var config = JsonDocument.Parse(File.ReadAllText(_folder["adapter_config.json"])).RootElement;
        Assert.Equal("SEQ_CLS", config.GetProperty("task_type").GetString());
        Assert.Equal(["classifier"], config.GetProperty("modules_to_save").EnumerateArray().Select(name => name.GetString()));
        // "output.dense" is the end of two names: the whole paths are listed.
        Assert.Equal(12, config.GetProperty("target_modules").GetArrayLength());
    }

    [Theory]
    [InlineData("nora")]
    [InlineData("lora")]
    public void A_merged_classifier_loads_again_with_its_head_and_the_names_of_its_classes(string method)
    {
        using var source = new TinyRobertaFolder();
        using var checkpoint = HuggingFaceCheckpoint.Open(source.Path);
        var shape = (RobertaShape)checkpoint.ReadShape();
        using var model = RobertaModel.Load(checkpoint, shape, labels: 2, ScalarType.Float32, CPU, headSeed: 1);
        using var adapters = AdaptedEncoderTests.Adapt(model, method);
        adapters.TrainInFull(model.Classifier);
        var options = new MergedExportOptions { Classes = ["entailment", "not_entailment"] };
        MergedExport.Write(_folder.Path, model, adapters, checkpoint, ScalarType.Float32, options);

        using var written = HuggingFaceCheckpoint.Open(_folder.Path);
        using var merged = RobertaModel.Load(written, shape, labels: 2, ScalarType.Float32, CPU, headSeed: 9);
        Assert.False(merged.HasNewHead);
        // Ids below 261: the folder's vocabulary.
        var ids = TinyEncoder.Ids().clamp(0, 260);
        using var noGradient = no_grad();
        Near.Check(model.Logits(ids), merged.Logits(ids), 1e-4, 1e-4, "logits");
        Assert.Equal("not_entailment", written.Config.GetProperty("id2label").GetProperty("1").GetString());
        Assert.Equal("RobertaForSequenceClassification", written.Config.GetProperty("architectures")[0].GetString());
        Assert.True(File.Exists(_folder["vocab.json"]) && File.Exists(_folder["merges.txt"]));
    }

    [Fact]
    public void PEFTs_own_list_of_heads_is_read()
    {
        using var adapters = Trained("lora");
        var expected = Logits(_model);
        PeftExport.Write(_folder.Path, adapters, "base");
        Change(config => config["modules_to_save"] = new JsonArray("classifier", "score"));
        Near.Check(expected, With(model => PeftAdapter.Attach(model, _folder.Path)), 1e-4, 1e-4, "logits");
        Change(config => config["modules_to_save"] = new JsonArray("embed_tokens"));
        Assert.Contains("'modules_to_save' is", Assert.Throws<CheckpointException>(() => PeftAdapter.Load(_folder.Path)).Message);
    }

    [Fact]
    public void An_adapter_without_the_models_head_or_with_another_is_refused()
    {
        using var adapters = TinyAdapters();
        PeftExport.Write(_folder.Path, adapters, "base");
        adapters.Dispose();
        Assert.Contains("classifier.dense.weight is missing", Refusal(_model));

        using var trained = Trained("lora");
        PeftExport.Write(_folder.Path, trained, "base");
        using var three = TinyEncoder.Create(labels: 3);
        Assert.Contains("classifier.out_proj.weight is [2, 32], the model's [3, 32]", Refusal(three));

        string Refusal(RobertaModel model) => Assert.Throws<CheckpointException>(() => PeftAdapter.Attach(model, _folder.Path)).Message;
    }

    [Theory]
    [InlineData("lora")]
    [InlineData("nora")]
    public void Training_goes_on_with_the_head_that_was_saved(string method)
    {
        using (var trained = Trained(method))
        {
            PeftExport.Write(_folder["adapter"], trained, "base");
            if (method == "nora") NestedFolder.Write(_folder["nested"], trained, "base");
        }
        var head = _model.Classifier.Parameters.Select(parameter => parameter.Value.detach().clone()).ToList();
        using var other = TinyEncoder.Create();
        using var adapters = AdaptedEncoderTests.Adapt(other, method);
        adapters.TrainInFull(other.Classifier);
        AdapterStart.Read(_folder.Path, adapters, other);
        foreach (var (expected, (name, value)) in head.Zip(other.Classifier.Parameters)) Assert.True(value.equal(expected).all().item<bool>(), name);
        Assert.All(other.Classifier.Parameters, parameter => Assert.True(parameter.Value.requires_grad));
    }

    [Fact]
    public void An_adapter_without_a_head_leaves_the_models_own_to_a_start()
    {
        using (var bare = TinyAdapters()) PeftExport.Write(_folder.Path, bare, "base");
        var head = _model.Classifier.Parameters.Select(parameter => parameter.Value.detach().clone()).ToList();
        using var adapters = TinyAdapters();
        adapters.TrainInFull(_model.Classifier);
        AdapterStart.Read(_folder.Path, adapters, _model);
        foreach (var (expected, (name, value)) in head.Zip(_model.Classifier.Parameters)) Assert.True(value.equal(expected).all().item<bool>(), name);
    }

    [Fact]
    public void A_head_that_diverged_is_not_exported()
    {
        using var adapters = Trained("lora");
        using (no_grad()) _model.Classifier.Parameters[0].Value[0, 0] = float.NaN;
        Assert.Contains("classifier.dense.weight: 1 values are NaN", Assert.Throws<NoraException>(() => PeftExport.Write(_folder.Path, adapters, "base")).Message);
    }

    private AdapterSet Trained(string method)
    {
        var adapters = AdaptedEncoderTests.Adapt(_model, method);
        adapters.TrainInFull(_model.Classifier);
        using var noGradient = no_grad();
        foreach (var (_, value) in _model.Classifier.Parameters) value.add_(0.1);
        return adapters;
    }

    private AdapterSet TinyAdapters() => AdaptedEncoderTests.Adapt(_model, "lora");

    private static Tensor With(Func<RobertaModel, AdapterSet> attach)
    {
        using var model = TinyEncoder.Create();
        using var adapters = attach(model);
        return Logits(model);
    }

    private static Tensor Logits(RobertaModel model)
    {
        using var noGradient = no_grad();
        return model.Logits(TinyEncoder.Ids());
    }

    private void Change(Action<JsonObject> change)
    {
        var config = JsonNode.Parse(File.ReadAllText(_folder["adapter_config.json"]))!.AsObject();
        change(config);
        File.WriteAllText(_folder["adapter_config.json"], config.ToJsonString());
    }
}
