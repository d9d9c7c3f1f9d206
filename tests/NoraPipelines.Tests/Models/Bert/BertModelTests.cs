using NoraPipelines.Checkpoints;
using NoraPipelines.Data;
using NoraPipelines.Export;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Bert;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Bert;

public sealed class BertModelTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();
    private readonly BertModel _model = TinyBert.Create();

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void The_second_text_of_a_pair_has_a_type_of_its_own()
    {
        var examples = new[] { TokenizedExample.Classified([1, 9, 40, 2, 33, 2], 1, secondStart: 4), TokenizedExample.Classified([1, 33, 2], 0) };
        using var batch = TextBatch.Of(examples, padId: 0);
        Assert.Equal([0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0], batch.TokenTypes!.data<long>().ToArray());
        using var noGradient = no_grad();
        var typed = _model.Logits(batch); // [rows, labels]
        var untyped = _model.Logits(batch.InputIds, batch.PaddingMask);
        Assert.True((typed - untyped)[0].abs().max().item<float>() > 1e-2);
        Near.Check(untyped[1], typed[1], 0, 1e-6, "a text alone");
    }

    [Fact]
    public void Rows_of_single_texts_have_no_types() =>
        Assert.Null(TextBatch.Of([TokenizedExample.Classified([1, 2], 0)], padId: 0).TokenTypes);

    [Fact]
    public void Padding_changes_nothing()
    {
        using var noGradient = no_grad();
        var padded = cat([TinyBert.Ids(), zeros([2, 3], ScalarType.Int64)], 1); // [rows, tokens]
        var mask = arange(9).unsqueeze(0).expand(2, 9) < 6;
        Near.Check(_model.Logits(TinyBert.Ids()), _model.Logits(padded, mask), 1e-5, 1e-5, "logits");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Files_with_the_models_prefix_and_without_it_are_the_same_model(bool prefixed)
    {
        TinyBert.Write(_model, _folder.Path, name =>
            name.StartsWith("classifier", StringComparison.Ordinal) ? null : prefixed ? name : name["bert.".Length..]);
        using var loaded = Load(labels: 3);
        using var noGradient = no_grad();
        Near.Check(_model.Hidden(TinyBert.Ids()), loaded.Hidden(TinyBert.Ids()), 0, 0, "hidden");
        Assert.True(loaded.HasNewHead);
    }

    [Fact]
    public void A_file_without_the_pooler_is_refused_by_its_name()
    {
        TinyBert.Write(_model, _folder.Path, name => name.Contains("pooler") ? null : name);
        Assert.Contains("has no pooler (pooler.dense.weight)", Assert.Throws<CheckpointException>(() => Load(labels: 2)).Message);
    }

    [Theory]
    [InlineData(2, null)]
    [InlineData(3, "Head: new and not trained, with 3 outputs; the checkpoint's has others and is left aside.")]
    public void A_new_head_is_told(int labels, string? expected)
    {
        TinyBert.Write(_model, _folder.Path, name => name);
        using var checkpoint = HuggingFaceCheckpoint.Open(_folder.Path);
        string? told = null;
        checkpoint.Report = line => told = line;
        BertModel.Load(checkpoint, TinyBert.Shape, labels, ScalarType.Float32, CPU, headSeed: 1).Dispose();
        Assert.Equal(expected, told);
    }

    [Fact]
    public void The_head_trains_beside_adapters_and_the_pooler_stays()
    {
        using var adapters = Lora();
        adapters.TrainInFull(_model.Classifier);
        Assert.Equal(2 * 2 * 4 * (32 + 32), adapters.TrainableCount);
        Assert.Equal(["classifier.weight", "classifier.bias"], adapters.Trainable.Skip(adapters.Trainable.Count - 2).Select(parameter => parameter.Name));
        Assert.DoesNotContain(_model.Parameters, parameter => parameter.Name.Contains("pooler") && parameter.Value.requires_grad);
    }

    [Fact]
    public void An_exported_adapter_has_the_names_of_PEFT_and_brings_its_head_along()
    {
        using var adapters = Lora();
        adapters.TrainInFull(_model.Classifier);
        PeftExport.Write(_folder.Path, adapters, "base");
        using (var file = SafetensorsFile.Open(_folder["adapter_model.safetensors"]))
        {
            Assert.Equal([4, 32], file.Tensors["base_model.model.bert.encoder.layer.0.attention.self.query.lora_A.weight"].Shape);
            Assert.Equal([2, 32], file.Tensors["base_model.model.classifier.weight"].Shape);
        }
        Assert.True(ExportCheck.Verify(_model, adapters, _folder.Path) < 1e-6);
    }

    [Fact]
    public void A_merged_model_is_loaded_back_as_a_classifier_of_transformers()
    {
        using var noGradient = no_grad();
        using var adapters = Lora();
        var expected = _model.Logits(TinyBert.Ids());
        MergedExport.Write(_folder.Path, _model, adapters, source: null, ScalarType.Float32);
        Assert.Contains("BertForSequenceClassification", File.ReadAllText(_folder["config.json"]));
        using var merged = Load(labels: 2);
        Assert.False(merged.HasNewHead);
        Near.Check(expected, merged.Logits(TinyBert.Ids()), 1e-5, 1e-5, "logits");
    }

    /// <summary>Dropout is on: a layer that is computed again drops the same elements.</summary>
    [Fact]
    public void Checkpointed_layers_have_the_same_gradients_to_the_bit()
    {
        var parameters = _model.TrainAllParameters();
        Assert.Equal(_model.Shape.TotalParameters + 2 * 32 + 2, parameters.Sum(parameter => parameter.Value.numel()));
        _model.Classifier.Training = true;
        var plain = Gradients(checkpointing: false);
        var again = Gradients(checkpointing: true);
        foreach (var (name, gradient) in plain) Near.Check(gradient, again[name], 0, 0, name);

        Dictionary<string, Tensor> Gradients(bool checkpointing)
        {
            _model.GradientCheckpointing = checkpointing;
            using var batch = TextBatch.Of(
                [TokenizedExample.Classified([1, 9, 40, 2, 33, 2], 1, secondStart: 4), TokenizedExample.Classified([1, 33, 2], 0)], padId: 0);
            manual_seed(3);
            ClassificationLoss.Sum(_model, batch).backward();
            var found = parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value.grad!.clone());
            foreach (var (_, value) in parameters) value.grad!.zero_();
            return found;
        }
    }

    private AdapterSet Lora()
    {
        using var noGradient = no_grad();
        using var generator = new Generator(2, CPU);
        var adapters = new AdapterSet();
        foreach (var layer in _model.Layers)
        {
            foreach (var projection in (ReadOnlySpan<LinearProjection>)[layer.Attention.Self.Query, layer.Attention.Self.Value])
            {
                adapters.AddLora(projection, rank: 4, alpha: 4.0);
                foreach (var (_, value) in projection.Adapter!.Trainable) value.copy_(randn(value.shape, generator: generator).mul_(0.3));
            }
        }
        return adapters;
    }

    private BertModel Load(int labels)
    {
        using var checkpoint = HuggingFaceCheckpoint.Open(_folder.Path);
        return BertModel.Load(checkpoint, (BertShape)checkpoint.ReadShape(), labels, ScalarType.Float32, CPU, headSeed: 1);
    }
}
