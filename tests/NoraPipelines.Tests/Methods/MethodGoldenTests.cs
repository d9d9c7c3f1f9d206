using NoraPipelines.Checkpoints;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tests.Models.Llama;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Methods;

/// <summary>The methods beyond LoRA against PEFT's outputs, gradients and merged weights, within each golden's stated tolerance.</summary>
[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class MethodGoldenTests
{
    private static readonly (string, string)[] LoraGradients =
        [("lora_a", "lora_A.default.weight"), ("lora_b", "lora_B.default.weight")];

    [Fact]
    public void Rslora_is_that_of_peft()
    {
        using var golden = new GoldenMlp("peft-rslora", (mlp, projection) => WithFactors(
            mlp, projection, new RsLoraAdapter(projection.OutFeatures, projection.InFeatures, rank: 4, alpha: 16, dropout: 0, TestDevice.Here)));
        golden.Check(3e-4, LoraGradients);
        golden.CheckDelta(3e-4);
    }

    [Fact]
    public void Lora_fa_is_lora_without_a_gradient_of_A()
    {
        using var golden = new GoldenMlp("peft-lora", (mlp, projection) => WithFactors(
            mlp, projection, new LoraFaAdapter(projection.OutFeatures, projection.InFeatures, rank: 4, alpha: 16, dropout: 0, TestDevice.Here)));
        golden.Check(4e-5, LoraGradients[1]);
        golden.CheckDelta(4e-5);
        Assert.Equal(["fc1.lora_b", "fc2.lora_b"], golden.Set.Trainable.Select(parameter => parameter.Name));
        Assert.All(golden.Set.Items, item => Assert.Null(((LoraAdapter)item.Adapter).A.grad));
    }

    [Fact]
    public void Dora_is_that_of_peft()
    {
        using var golden = new GoldenMlp("peft-dora", (mlp, projection) =>
        {
            var adapter = new DoraAdapter(projection, rank: 4, alpha: 8, dropout: 0);
            adapter.SetFactors(
                b: mlp.Factor($"{projection.Path}.lora_B.weight"), a: mlp.Factor($"{projection.Path}.lora_A.weight"),
                magnitude: mlp.Factor($"{projection.Path}.lora_magnitude_vector"));
            return adapter;
        });
        golden.Check(3e-5, [.. LoraGradients, ("magnitude", "lora_magnitude_vector.default.weight")]);
        foreach (var (projection, placed) in golden.Set.Items)
        {
            var adapter = (DoraAdapter)placed;
            Near.Check(golden.Expected($"delta_weight.{projection.Path}"), adapter.B.mm(adapter.A) * adapter.Scale, 3e-5, 1e-4, "s·B·A");
            Assert.Null(adapter.Fold());
        }
    }

    [Fact]
    public void Pissa_starts_as_the_principal_part_and_leaves_the_weight_alone()
    {
        using var golden = new GoldenMlp("peft-pissa", (_, projection) =>
            new PissaAdapter(projection.OutFeatures, projection.InFeatures, rank: 4, alpha: 8, dropout: 0, TestDevice.Here));
        var before = golden.Set.Items.Select(item => item.Projection.Weight.clone()).ToArray();
        PissaStart.Initialise(golden.Set, seed: 1);
        foreach (var ((projection, placed), weight) in golden.Set.Items.Zip(before))
        {
            var (adapter, name) = ((PissaAdapter)placed, projection.Path);
            Near.Check(golden.Expected($"BA_scaled.{name}"), adapter.B.mm(adapter.A) * adapter.Scale, 1e-5, 1e-4, $"{name} BA");
            Near.Check(golden.Expected($"residual_weight.{name}"), adapter.Residual(projection.Weight), 1e-5, 1e-4, $"{name} residual");
            Near.Check(golden.Factor($"{name}.lora_A.weight").abs(), adapter.A.abs(), 1e-5, 1e-4, $"{name} |A|");
            Near.Check(golden.Factor($"{name}.lora_B.weight").abs(), adapter.B.abs(), 1e-5, 1e-4, $"{name} |B|");
            Assert.True(weight.Equals(projection.Weight));

            // Gradients follow the signs of the saved factors.
            adapter.SetStart(golden.Factor($"{name}.lora_B.weight"), golden.Factor($"{name}.lora_A.weight"));
        }
        golden.Check(1e-5, LoraGradients);
        Near.Check(golden.Expected("base_output"), golden.Output(), 1e-5, 1e-4, "base output");
    }

    [Fact]
    public void Pissa_trained_as_peft_trains_it_folds_to_pefts_conversion()
    {
        using var golden = new GoldenMlp("peft-pissa-converted", (mlp, projection) =>
        {
            // The file is [A; A0] and [B, -B0].
            var (a, b) = (mlp.Factor($"{projection.Path}.lora_A.weight"), mlp.Factor($"{projection.Path}.lora_B.weight"));
            var adapter = new PissaAdapter(projection.OutFeatures, projection.InFeatures, rank: 4, alpha: 8, dropout: 0, TestDevice.Here);
            adapter.SetStart(-b[.., 4..], a[4..]);
            return adapter;
        });
        var losses = new List<float>();
        for (var step = 0; step < 20; step++)
        {
            var loss = golden.Loss();
            losses.Add(loss.item<float>());
            loss.backward();
            using var noGradient = no_grad();
            foreach (var (_, value) in golden.Set.Trainable)
            {
                value.sub_(value.grad! * 0.5);
                value.grad!.zero_();
            }
        }
        Near.Check(golden.Expected("losses"), tensor(losses.ToArray(), device: TestDevice.Here), 2e-5, 1e-4, "losses");
        Near.Check(golden.Expected("output"), golden.Output(), 2e-5, 1e-4, "output");
        golden.CheckDelta(2e-5);
        foreach (var (projection, adapter) in golden.Set.Items)
        {
            using var factors = adapter.Fold()!;
            Near.Check(golden.Factor($"{projection.Path}.lora_A.weight"), factors.A, 2e-5, 1e-4, "[A; A0]");
            Near.Check(golden.Factor($"{projection.Path}.lora_B.weight") * 2, factors.B, 4e-5, 1e-4, "s[B, -B0]");
        }
    }

    [Fact]
    public void Vera_is_that_of_peft()
    {
        using var golden = new GoldenMlp("peft-vera", (mlp, projection) =>
        {
            using var pair = new VeraPair(mlp.SharedFactor("vera_A"), mlp.SharedFactor("vera_B"), float32, TestDevice.Here);
            var adapter = new VeraAdapter(projection.OutFeatures, projection.InFeatures, pair, dropout: 0);
            adapter.SetVectors(mlp.Factor($"{projection.Path}.vera_lambda_b"), mlp.Factor($"{projection.Path}.vera_lambda_d"));
            return adapter;
        });
        golden.Check(2e-5, ("lambda_b", "vera_lambda_b.default"), ("lambda_d", "vera_lambda_d.default"));
        golden.CheckDelta(2e-5);
    }

    [Fact]
    public void A_decoder_with_vera_gives_logits_loss_and_gradients_of_peft()
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenDecoder("llama-tiny");
        using var outputs = SafetensorsFile.Open(GoldenFile.Path("peft-llama-vera/outputs.safetensors"));
        using var factors = SafetensorsFile.Open(GoldenFile.Path("peft-llama-vera/adapter_model.safetensors"));
        using var pair = new VeraPair(factors.ReadHere("base_model.vera_A"), factors.ReadHere("base_model.vera_B"), float32, TestDevice.Here);
        using var set = AdapterSet.On(golden.Model, projection =>
        {
            if (projection.Name is not ("q_proj" or "v_proj")) return null;
            var adapter = new VeraAdapter(projection.OutFeatures, projection.InFeatures, pair, dropout: 0);
            var prefix = $"base_model.model.{projection.Path}.vera_lambda";
            adapter.SetVectors(factors.ReadHere($"{prefix}_b"), factors.ReadHere($"{prefix}_d"));
            return adapter;
        });
        Assert.Equal(6, set.Items.Count);
        var labels = golden.Input("labels");
        var count = labels.narrow(1, 1, labels.shape[1] - 1).ne(-100).sum().item<long>();
        var loss = CausalLoss.Sum(golden.Model, golden.Input("input_ids"), labels) / count;
        loss.backward();
        Near.Check(outputs.ReadHere("loss").squeeze(), loss, 5e-5, 1e-4, "loss");
        foreach (var (name, value) in set.Trainable)
        {
            var dot = name.LastIndexOf('.');
            Near.Check(outputs.ReadHere($"grad.base_model.model.{name[..dot]}.vera_{name[(dot + 1)..]}.default"), value.grad!, 5e-5, 1e-3, name);
        }
        using var noGradient = no_grad();
        var logits = golden.Model.Logits(golden.Model.Hidden(golden.Input("input_ids"), golden.Mask));
        Near.Check(outputs.ReadHere("logits")[golden.Mask], logits[golden.Mask], 5e-5, 1e-4, "logits");
    }

    [Fact]
    public void Lokr_with_alpha_equal_to_its_rank_is_that_of_peft()
    {
        // The golden's config says alpha 8 and r 2, yet its ΔW is kron(w1, w2) itself: the reference version leaves alpha / r out.
        using var golden = new GoldenMlp("peft-lokr", (mlp, projection) =>
        {
            var adapter = new LokrAdapter(projection.OutFeatures, projection.InFeatures, rank: 2, alpha: 2, dropout: 0, TestDevice.Here);
            adapter.SetFactors(mlp.Factor($"{projection.Path}.lokr_w1"), mlp.Factor($"{projection.Path}.lokr_w2_a"),
                mlp.Factor($"{projection.Path}.lokr_w2_b"));
            return adapter;
        });
        golden.Check(2e-5, ("lokr_w1", "lokr_w1.default"), ("lokr_w2_a", "lokr_w2_a.default"), ("lokr_w2_b", "lokr_w2_b.default"));
        golden.CheckDelta(2e-5);
        using var factors = golden.Set.Items[0].Adapter.Fold()!;
        Assert.Equal(8, factors.Rank);
    }

    [Fact]
    public void Lokr_is_scaled_by_alpha_over_rank()
    {
        using var small = new SmallProjection();
        using var adapter = new LokrAdapter(SmallProjection.Out, SmallProjection.In, rank: 2, alpha: 8, dropout: 0, TestDevice.Here);
        adapter.SetFactors(small.Draw(3, 2), small.Draw(4, 2), small.Draw(2, 5));
        Near.Check(adapter.W1.kron(adapter.W2A.mm(adapter.W2B)) * 4, adapter.Delta(), 1e-5, 1e-5, "delta");
    }

    [Fact]
    public void Lora_plus_steps_are_those_of_pefts_optimizer()
    {
        const string Golden = "peft-loraplus";
        using var golden = new GoldenMlp(Golden, (mlp, projection) =>
        {
            var adapter = new LoraAdapter(projection.OutFeatures, projection.InFeatures, rank: 4, alpha: 8, dropout: 0, TestDevice.Here);
            var prefix = $"step0.base_model.model.{projection.Path}";
            adapter.SetFactors(mlp.Expected($"{prefix}.lora_B.default.weight"), mlp.Expected($"{prefix}.lora_A.default.weight"));
            projection.Bias!.requires_grad_(true);
            return adapter;
        });
        NamedTensor[] biases = [.. golden.Set.Items.Select(item => new NamedTensor($"{item.Projection.Path}.bias", item.Projection.Bias!))];
        using var optimizer = new AdamW([.. golden.Set.Trainable, .. biases], weightDecay: 0.01, groupOf: LoraPlusGroups.Of(16));
        var expected = golden.Expected("losses");
        for (var step = 1; step <= expected.numel(); step++)
        {
            var loss = golden.Loss();
            Assert.Equal(expected[step - 1].item<float>(), loss.item<float>(), 1e-5);
            loss.backward();
            optimizer.Step(1e-3);
            optimizer.ZeroGrad();
            foreach (var (projection, placed) in golden.Set.Items)
            {
                var (adapter, prefix) = ((LoraAdapter)placed, $"step{step}.base_model.model.{projection.Path}");
                Near.Check(golden.Expected($"{prefix}.lora_A.default.weight"), adapter.A, 1e-5, 1e-4, $"{prefix} A");
                Near.Check(golden.Expected($"{prefix}.lora_B.default.weight"), adapter.B, 1e-5, 1e-4, $"{prefix} B");
                Near.Check(golden.Expected($"{prefix}.base_layer.bias"), projection.Bias!, 1e-5, 1e-4, $"{prefix} bias");
            }
        }
    }

    [Theory]
    [InlineData("a", 8)]
    [InlineData("b", 4)]
    public void Adapters_of_other_scales_on_one_model_are_those_of_peft(string name, double alpha)
    {
        using var factors = SafetensorsFile.Open(GoldenFile.Path($"peft-merge/adapter_{name}.safetensors"));
        using var golden = new GoldenMlp("peft-merge", (_, projection) =>
        {
            var adapter = new LoraAdapter(projection.OutFeatures, projection.InFeatures, rank: 4, alpha, dropout: 0, TestDevice.Here);
            var prefix = $"base_model.model.{projection.Path}";
            adapter.SetFactors(factors.ReadHere($"{prefix}.lora_B.weight"), factors.ReadHere($"{prefix}.lora_A.weight"));
            return adapter;
        });
        Near.Check(golden.Expected($"{name}.output"), golden.Output(), 2e-5, 1e-4, "output");
    }

    private static LoraAdapter WithFactors(GoldenMlp mlp, LinearProjection projection, LoraAdapter adapter)
    {
        adapter.SetFactors(b: mlp.Factor($"{projection.Path}.lora_B.weight"), a: mlp.Factor($"{projection.Path}.lora_A.weight"));
        return adapter;
    }
}
