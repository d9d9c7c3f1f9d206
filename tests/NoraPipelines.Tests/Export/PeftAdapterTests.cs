using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tests.Models.Llama;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Export;

public class PeftAdapterTests
{
    [Fact]
    public void An_adapter_that_peft_saved_gives_its_logits_loss_and_gradients()
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenDecoder("llama-tiny");
        using var expected = SafetensorsFile.Open(GoldenFile.Path("peft-llama-lora/outputs.safetensors"));
        using var adapters = PeftAdapter.Attach(golden.Model, GoldenFile.Path("peft-llama-lora"));

        var logits = golden.Model.Logits(golden.Model.Hidden(golden.Input("input_ids")));
        var mask = golden.Mask;
        Near.Check(expected.Read("logits")[mask], logits[mask], 5e-5, 1e-4, "logits");

        // The mean over labels that have a predecessor, as the reference takes it.
        var labels = golden.Input("labels")[.., 1..].reshape(-1);
        var loss = nn.functional.cross_entropy(logits[.., ..^1].reshape(labels.numel(), -1), labels, ignore_index: -100);
        Near.Check(expected.Read("loss").reshape([]), loss, 1e-5, 0, "loss");
        loss.backward();
        Assert.Equal(18, adapters.Trainable.Count);
        foreach (var (name, value) in adapters.Trainable)
        {
            var side = name.EndsWith("lora_a", StringComparison.Ordinal) ? "A" : "B";
            var key = $"grad.base_model.model.{name[..name.LastIndexOf('.')]}.lora_{side}.default.weight";
            Near.Check(expected.Read(key), value.grad!, 5e-5, 1e-3, key);
        }
    }

    [Theory]
    [InlineData("peft-lora")]
    [InlineData("peft-rslora")]
    [InlineData("peft-pissa-converted")]
    public void Deltas_are_those_of_peft(string name)
    {
        using var scope = NewDisposeScope();
        using var expected = SafetensorsFile.Open(GoldenFile.Path($"{name}/outputs.safetensors"));
        using var adapter = PeftAdapter.Load(GoldenFile.Path(name));
        Assert.Equal(["fc1", "fc2"], adapter.Modules.Keys.Order());
        foreach (var module in adapter.Modules.Values)
            Near.Check(expected.Read($"delta_weight.{module.Module}"), module.Fold().Product(), 2e-5, 1e-4, module.Module);
    }

    [Fact]
    public void An_adapter_of_two_towers_is_read_and_does_not_fit_a_decoder()
    {
        using var adapter = PeftAdapter.Load(GoldenFile.Path("peft-clip-lora"));
        Assert.Equal(15, adapter.Modules.Count);
        Assert.All(adapter.Modules.Values, module => Assert.Equal((2, 0.5), (module.Rank, module.Scale)));
        using var golden = new GoldenDecoder("llama-tiny");
        var message = Assert.Throws<CheckpointException>(() => adapter.AttachTo(golden.Model)).Message;
        Assert.Contains("text_model.encoder.layers.0.self_attn.k_proj: the model has no such projection", message);
    }

    [Theory]
    [InlineData("peft-dora", "PEFT's own form of dora, expected a plain LoRA. Place it on its model with MethodFolder.Attach")]
    [InlineData("peft-llama-vera", "PEFT's own form of vera, expected a plain LoRA. Place it on its model with MethodFolder.Attach")]
    [InlineData("peft-lokr", "PEFT's own form of lokr, expected a plain LoRA. Place it on its model with MethodFolder.Attach")]
    [InlineData("peft-adalora", "PEFT's own form of adalora, expected a plain LoRA. Place it on its model with MethodFolder.Attach")]
    [InlineData("peft-pissa", "path_initial_model_for_weight_conversion")]
    [InlineData("peft-lora-conv-embed", "expected")]
    public void Other_adapters_of_peft_are_refused(string name, string message)
    {
        var refusal = Assert.Throws<CheckpointException>(() => PeftAdapter.Load(GoldenFile.Path(name)));
        Assert.Contains(message, refusal.Message);
        Assert.Contains(name, refusal.Message);
    }

    [Fact]
    public void Rank_and_alpha_patterns_and_rslora_are_honoured()
    {
        using var scope = NewDisposeScope();
        using var folder = new PeftFolder();
        folder.WriteConfig(new()
        {
            ["r"] = 2,
            ["lora_alpha"] = 3,
            ["use_rslora"] = true,
            ["rank_pattern"] = new Dictionary<string, object> { ["model.layers.1.self_attn.q_proj"] = 4 },
            ["alpha_pattern"] = new Dictionary<string, object> { ["v_proj"] = 8 },
        });
        folder.WriteWeights(
            ("model.layers.0.self_attn.q_proj", 2), ("model.layers.1.self_attn.q_proj", 4), ("model.layers.0.self_attn.v_proj", 2));
        using var adapter = PeftAdapter.Load(folder.Path);
        Assert.Equal(3 / Math.Sqrt(2), adapter.Modules["model.layers.0.self_attn.q_proj"].Scale, 12);
        Assert.Equal(3 / Math.Sqrt(4), adapter.Modules["model.layers.1.self_attn.q_proj"].Scale, 12);
        Assert.Equal(8 / Math.Sqrt(2), adapter.Modules["model.layers.0.self_attn.v_proj"].Scale, 12);
        Assert.Equal(4, adapter.Modules["model.layers.1.self_attn.q_proj"].Rank);
    }

    [Fact]
    public void An_adapter_of_another_model_is_refused_with_both_shapes()
    {
        using var folder = new PeftFolder();
        folder.WriteConfig();
        folder.WriteWeights(("model.layers.0.self_attn.q_proj", 2), ("model.layers.7.self_attn.q_proj", 2));
        using var model = TinyDecoder.Create();
        var message = Assert.Throws<CheckpointException>(() => PeftAdapter.Attach(model, folder.Path)).Message;
        Assert.Contains("model.layers.0.self_attn.q_proj: the adapter is for [5, 3], the model's weight is [32, 32]", message);
        Assert.Contains("model.layers.7.self_attn.q_proj: the model has no such projection", message);
        Assert.All(model.Projections, projection => Assert.Null(projection.Adapter));
    }

    [Fact]
    public void A_model_that_has_adapters_keeps_them_when_another_is_refused()
    {
        using var scope = NewDisposeScope();
        using var folder = new PeftFolder();
        using var adapted = AdaptedDecoder.Nora(projection => projection.Layer == 1);
        PeftExport.Write(folder.Path, adapted.Adapters, "base");
        var before = adapted.Logits();
        Assert.Contains("already", Assert.Throws<NoraException>(() => PeftAdapter.Attach(adapted.Model, folder.Path)).Message);
        SameLogits(before, adapted.Logits());
    }

    private static void SameLogits(Tensor expected, Tensor actual) => Near.Check(expected, actual, 0, 0, "logits");
}
