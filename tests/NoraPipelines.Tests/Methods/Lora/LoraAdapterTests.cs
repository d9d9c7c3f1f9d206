using NoraPipelines.Checkpoints;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tests.Models.Llama;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Methods;

/// <summary>LoRA against PEFT's own outputs and gradients.</summary>
[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class LoraAdapterTests
{
    [Fact]
    public void Outputs_gradients_and_merged_weights_are_those_of_peft()
    {
        using var scope = NewDisposeScope();
        using var inputs = Open("peft-lora", "inputs");
        using var outputs = Open("peft-lora", "outputs");
        using var weights = Open("peft-lora", "model");
        using var factors = Open("peft-lora", "adapter_model");
        using var set = new AdapterSet();
        var layers = new Dictionary<string, (LinearProjection Projection, LoraAdapter Adapter)>();
        foreach (var name in new[] { "fc1", "fc2" })
        {
            var projection = new LinearProjection(name, weights.ReadHere($"{name}.weight"), weights.ReadHere($"{name}.bias"));
            var adapter = new LoraAdapter(projection.OutFeatures, projection.InFeatures, rank: 4, alpha: 16, dropout: 0, TestDevice.Here);
            adapter.SetFactors(
                b: factors.ReadHere($"base_model.model.{name}.lora_B.weight"), a: factors.ReadHere($"base_model.model.{name}.lora_A.weight"));
            set.Add(projection, adapter);
            layers.Add(name, (projection, adapter));
        }

        var x = inputs.ReadHere("x").requires_grad_(true);
        var output = layers["fc2"].Projection.Forward(nn.functional.gelu(layers["fc1"].Projection.Forward(x)));
        var loss = (output - inputs.ReadHere("y")).square().mean();
        loss.backward();

        Near.Check(outputs.ReadHere("output"), output, 4e-5, 1e-4, "output");
        Near.Check(outputs.ReadHere("loss").squeeze(), loss, 4e-5, 1e-4, "loss");
        Near.Check(outputs.ReadHere("grad.x"), x.grad!, 4e-5, 1e-4, "grad.x");
        foreach (var (name, (projection, adapter)) in layers)
        {
            Near.Check(outputs.ReadHere($"grad.base_model.model.{name}.lora_A.default.weight"), adapter.A.grad!, 4e-5, 1e-4, $"{name} A");
            Near.Check(outputs.ReadHere($"grad.base_model.model.{name}.lora_B.default.weight"), adapter.B.grad!, 4e-5, 1e-4, $"{name} B");
            Near.Check(outputs.ReadHere($"delta_weight.{name}"), adapter.Delta(), 4e-5, 1e-4, $"{name} delta");
            Near.Check(outputs.ReadHere($"merged.{name}.weight"), projection.Weight + adapter.Delta(), 4e-5, 1e-4, $"{name} merged");
            projection.Dispose();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_decoder_with_adapters_gives_logits_loss_and_gradients_of_peft(bool recompute)
    {
        using var golden = new GoldenDecoder("llama-tiny");
        using var outputs = Open("peft-llama-lora", "outputs");
        using var factors = Open("peft-llama-lora", "adapter_model");
        using var set = new AdapterSet();
        foreach (var projection in golden.Model.Projections.Where(projection => projection.Name is "q_proj" or "v_proj" or "down_proj"))
        {
            var adapter = new LoraAdapter(projection.OutFeatures, projection.InFeatures, rank: 4, alpha: 8, dropout: 0, TestDevice.Here);
            var prefix = $"base_model.model.{projection.Path}";
            adapter.SetFactors(b: factors.ReadHere($"{prefix}.lora_B.weight"), a: factors.ReadHere($"{prefix}.lora_A.weight"));
            set.Add(projection, adapter);
        }
        Assert.Equal(9, set.Items.Count);

        golden.Model.GradientCheckpointing = recompute;
        var labels = golden.Input("labels");
        var count = labels.narrow(1, 1, labels.shape[1] - 1).ne(-100).sum().item<long>();
        var loss = CausalLoss.Sum(golden.Model, golden.Input("input_ids"), labels) / count;
        loss.backward();

        Near.Check(outputs.ReadHere("loss").squeeze(), loss, 1e-5, 0, "loss");
        foreach (var (projection, placed) in set.Items)
        {
            var (adapter, prefix) = ((LoraAdapter)placed, $"grad.base_model.model.{projection.Path}");
            Near.Check(outputs.ReadHere($"{prefix}.lora_A.default.weight"), adapter.A.grad!, 5e-5, 1e-3, $"{projection.Path} A");
            Near.Check(outputs.ReadHere($"{prefix}.lora_B.default.weight"), adapter.B.grad!, 5e-5, 1e-3, $"{projection.Path} B");
        }
        using var noGradient = no_grad();
        var logits = golden.Model.Logits(golden.Model.Hidden(golden.Input("input_ids"), golden.Mask));
        Near.Check(outputs.ReadHere("logits")[golden.Mask], logits[golden.Mask], 5e-5, 1e-4, "logits");
    }

    [Fact]
    public void At_the_start_A_is_uniform_within_one_over_root_in_and_nothing_changes()
    {
        using var small = new SmallProjection();
        using var adapter = new LoraAdapter(400, 256, rank: 64, alpha: 64, dropout: 0, TestDevice.Here, seed: 3);
        using var again = new LoraAdapter(400, 256, rank: 64, alpha: 64, dropout: 0, TestDevice.Here, seed: 3);
        using var other = new LoraAdapter(400, 256, rank: 64, alpha: 64, dropout: 0, TestDevice.Here, seed: 4);
        Assert.InRange(adapter.A.max().item<float>(), 0.99f / 16, 1f / 16);
        Assert.InRange(adapter.A.min().item<float>(), -1f / 16, -0.99f / 16);
        Assert.InRange(adapter.A.mean().item<float>(), -0.002f, 0.002f);
        Assert.True(adapter.A.Equals(again.A));
        Assert.False(adapter.A.Equals(other.A));
        Assert.Equal(0, adapter.Delta().abs().max().item<float>());
    }

    [Fact]
    public void The_core_form_equals_its_formula()
    {
        using var small = new SmallProjection();
        using var adapter = small.Core(alpha: 2);
        var output = adapter.Forward(small.X, ones(2, 3, SmallProjection.Out, device: TestDevice.Here));
        output.square().sum().backward();
        var change = adapter.OuterB.mm(adapter.Core).mm(adapter.OuterA) * 0.5;
        Near.Check(small.X.matmul(change.t()) + 1, output, 1e-4, 1e-5, "output");
        Near.Check(change, adapter.Delta(), 1e-4, 1e-5, "delta");
        Assert.Equal(16, adapter.Trainable.Sum(named => named.Value.numel()));
        Assert.True(adapter.Core.grad!.abs().max().item<float>() > 0);
        Assert.All(adapter.Frozen, named => Assert.Null(named.Value.grad));
    }

    private static SafetensorsFile Open(string golden, string name) =>
        SafetensorsFile.Open(GoldenFile.Path($"{golden}/{name}.safetensors"));
}
