using NoraPipelines.Checkpoints;
using NoraPipelines.Models.Roberta;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Roberta;

public sealed class RobertaLoadingTests
{
    [Fact]
    public void A_checkpoint_from_pretraining_gets_a_new_head_and_its_other_head_is_passed_over()
    {
        using var folder = new TinyRobertaFolder();
        using var checkpoint = HuggingFaceCheckpoint.Open(folder.Path);
        using var model = Load(checkpoint);
        Assert.True(model.HasNewHead);
        Assert.InRange(model.Classifier.Parameters[0].Value.std().item<float>(), 0.018f, 0.022f);
        Assert.Equal(0, model.Classifier.Parameters[1].Value.abs().max().item<float>());
    }

    [Fact]
    public void A_file_without_the_models_prefix_and_with_old_names_of_norms_loads_as_transformers_loads_it()
    {
        using var folder = new TinyRobertaFolder();
        using var checkpoint = HuggingFaceCheckpoint.Open(folder.Path);
        using var model = Load(checkpoint);
        using var stripped = new TemporaryFolder();
        File.Copy(folder["config.json"], stripped["config.json"]);
        SafetensorsWriter.Write(stripped["model.safetensors"], model.Parameters.Except(model.Classifier.Parameters)
            .Select(parameter => KeyValuePair.Create(OldName(parameter.Name["roberta.".Length..]), parameter.Value)));
        using var second = HuggingFaceCheckpoint.Open(stripped.Path);
        using var loaded = Load(second);
        foreach (var (expected, actual) in model.Parameters.Zip(loaded.Parameters)) SameTensor.Check(expected.Value, actual.Value, expected.Name);
    }

    [Fact]
    public void A_config_that_contradicts_the_plan_is_refused_with_both_values()
    {
        using var folder = new TinyRobertaFolder();
        using var checkpoint = HuggingFaceCheckpoint.Open(folder.Path);
        var planned = (RobertaShape)checkpoint.ReadShape() with { LayerCount = 24, HiddenDropout = 0.5 };
        var message = Assert.Throws<CheckpointException>(() => RobertaModel.Load(checkpoint, planned, 2, ScalarType.Float32, CPU, 1)).Message;
        Assert.Contains("LayerCount: the checkpoint has 2, the program expects 24", message);
        Assert.DoesNotContain("Dropout", message); // no number of the weights
    }

    [Fact]
    public void A_decoder_is_no_classifier()
    {
        using var folder = new TemporaryFolder();
        TinyCheckpoint.WriteConfig(folder);
        TinyCheckpoint.WriteShard(folder, "model.safetensors", "a");
        using var checkpoint = HuggingFaceCheckpoint.Open(folder.Path);
        Assert.Contains("Architecture: the checkpoint has Llama, the program expects Roberta", Assert.Throws<CheckpointException>(
            () => RobertaModel.Load(checkpoint, TinyEncoder.Shape, 2, ScalarType.Float32, CPU, 1)).Message);
        using var encoder = new TinyRobertaFolder();
        Assert.Contains("of the roberta kind, expected a decoder", Assert.Throws<CheckpointException>(
            () => HuggingFaceCheckpoint.ReadDecoderShape(encoder.Path)).Message);
    }

    [Fact]
    public void A_missing_tensor_is_named()
    {
        using var scope = NewDisposeScope();
        using var folder = new TinyRobertaFolder();
        SafetensorsWriter.Write(folder["model.safetensors"], [KeyValuePair.Create("roberta.embeddings.LayerNorm.bias", zeros(64))]);
        using var checkpoint = HuggingFaceCheckpoint.Open(folder.Path);
        Assert.Contains("missing: roberta.encoder.layer.0.attention.self.query.weight [64, 64]",
            Assert.Throws<CheckpointException>(() => Load(checkpoint)).Message);
    }

    private static string OldName(string name) => name.Replace("LayerNorm.weight", "LayerNorm.gamma").Replace("LayerNorm.bias", "LayerNorm.beta");

    private static RobertaModel Load(HuggingFaceCheckpoint checkpoint) =>
        RobertaModel.Load(checkpoint, (RobertaShape)checkpoint.ReadShape(), labels: 2, ScalarType.Float32, CPU, headSeed: 1);
}
