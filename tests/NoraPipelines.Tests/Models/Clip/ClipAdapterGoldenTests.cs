using System.Text.Json;
using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Initialization;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Clip;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Clip;

/// <summary>Few-shot training of adapters on both towers against the official code: logits, losses, gradients and three steps.</summary>
public sealed class ClipAdapterGoldenTests
{
    private const double LogitScale = 100;

    [Fact]
    public void Clip_lora_trains_as_the_official_code()
    {
        using var golden = new GoldenClip("clip-lora/plain");
        using var adapters = AdapterSet.On(golden.Model, projection => IsTarget(projection)
            ? Filled(new RsLoraAdapter(projection.OutFeatures, projection.InFeatures, rank: 2, alpha: 1, dropout: 0, TestDevice.Here), projection, golden) : null);
        Assert.Equal(2 * 2 * 3 * (3 * 64 + 2 * 48), adapters.TrainableCount);
        Compare(golden, "clip-lora/plain", adapters, LoraNames, "logits.train.start", "logits.eval.after3");
    }

    [Fact]
    public void Clip_lora_with_masks_of_its_own_in_q_k_and_v_trains_as_the_official_code()
    {
        using var golden = new GoldenClip("clip-lora/dropout");
        using var adapters = AdapterSet.On(golden.Model, projection => IsTarget(projection)
            ? Filled(new MaskedLora(projection, golden.Input($"keep.{projection.Path}")), projection, golden) : null);
        adapters.Training = true;
        Compare(golden, "clip-lora/dropout", adapters, LoraNames, "logits.train.start", "logits.train.after3", paddedTexts: true);

        using var noGradient = no_grad();
        adapters.Training = false;
        Near.Check(golden.Output("logits.eval.after3"), Logits(golden, paddedTexts: true), 5e-4, 1e-4, "logits without dropout");
    }

    [Fact]
    public void Nora_on_both_towers_trains_as_the_authors_code()
    {
        using var golden = new GoldenClip("clip-nora");
        using var adapters = Nora(golden);
        Assert.Equal(15 * 2 * 16 * 4, adapters.TrainableCount);
        Compare(golden, "clip-nora", adapters, name => name.Replace("inner_a", "A_inner").Replace("inner_b", "B_inner"), "logits.start", "logits.after3");
    }

    [Fact]
    public void Inputs_of_both_towers_have_the_means_of_the_reference()
    {
        using var golden = new GoldenClip("clip-nora");
        using var expected = SafetensorsFile.Open(GoldenFile.Path("clip-nora/calibration.safetensors"));
        using var statistics = ActivationStatistics.Collect(
            golden.Model, golden.Model.Projections, Calibration(golden).Passes(128, batch: 3, heldOutRows: 0, seed: 1), covariance: false);
        var compared = 0;
        foreach (var projection in golden.Model.Projections.Where(projection => projection.Name is "q_proj" or "k_proj" or "v_proj" or "out_proj"))
        {
            var like = projection.Path.Replace("k_proj", "q_proj").Replace("v_proj", "q_proj");
            Near.Check(expected.Read($"mean_abs.{like}"), statistics.MeanAbs(projection), 1e-6, 1e-5, projection.Path);
            Near.Check(expected.Read($"rms.{like}"), statistics.Rms(projection), 1e-6, 1e-5, projection.Path);
            compared++;
        }
        Assert.Equal(20, compared);
    }

    [Theory]
    [InlineData("vision")]
    [InlineData("text")]
    public void Held_out_inputs_of_a_tower_are_no_part_of_the_means_and_the_other_tower_does_not_run(string tower)
    {
        using var golden = new GoldenClip("clip-nora");
        var other = golden.Model.Projections.First(projection => !projection.Path.StartsWith(tower, StringComparison.Ordinal));
        other.Observer = _ => Assert.Fail("the other tower ran");
        LinearProjection[] targets = [.. golden.Model.Projections.Where(projection => projection.Path.StartsWith(tower, StringComparison.Ordinal))];
        using var statistics = ActivationStatistics.Collect(
            golden.Model, targets, Calibration(golden).Passes(5, batch: 2, heldOutRows: 7, seed: 1), covariance: false);
        Assert.Equal(tower == "vision" ? 4 * 17 : GoldenClip.Texts(golden.Input("prompt_ids")).Take(4).Sum(text => text.Length), statistics.Tokens);
        Assert.All(targets, target => Assert.Equal(7, statistics.HeldOut(target).shape[0]));
    }

    [Fact]
    public void An_adapter_of_peft_on_both_towers_has_its_outputs_and_gradients()
    {
        using var golden = new GoldenClip("peft-clip-lora", inputs: GoldenClip.Folder);
        using var adapters = PeftAdapter.Attach(golden.Model, GoldenFile.Path("peft-clip-lora"), told => Assert.Fail(told));
        var ids = golden.Input("input_ids");
        var images = golden.Model.ImageFeatures(golden.Pixels);
        Near.Check(golden.Output("image_embeds"), FewShot.Normalised(images), 5e-5, 1e-4, "image_embeds");
        Near.Check(golden.Output("text_embeds"), FewShot.Normalised(golden.Model.TextFeatures(ids)), 5e-5, 1e-4, "text_embeds");
        var logits = golden.Model.Logits(golden.Pixels, ids); // [rows, classes]
        var own = arange(4, dtype: ScalarType.Int64, device: logits.device);
        var loss = (nn.functional.cross_entropy(logits, own) + nn.functional.cross_entropy(logits.t(), own)) / 2;
        loss.backward();
        Near.Check(golden.Output("logits_per_image"), logits, 2e-4, 1e-4, "logits");
        Assert.Equal(30, golden.Gradients.Count());
        foreach (var parameter in adapters.Trainable)
            Near.Check(golden.Output($"grad.base_model.model.{LoraNames(parameter.Name).Replace(".weight", ".default.weight")}"), parameter.Value.grad!, 5e-5, 1e-3, parameter.Name);
    }

    [Fact]
    public void An_adapter_on_both_towers_is_written_by_the_names_of_peft_and_read_back()
    {
        using var folder = new TemporaryFolder();
        using var golden = new GoldenClip("clip-nora");
        using var adapters = Nora(golden);
        PeftExport.Write(folder.Path, adapters, "clip-tiny", new() { Model = golden.Model });
        using var theirs = SafetensorsFile.Open(GoldenFile.Path("peft-clip-lora/adapter_model.safetensors"));
        using var ours = SafetensorsFile.Open(folder["adapter_model.safetensors"]);
        Assert.Equal(theirs.Tensors.Keys.Order(), ours.Tensors.Keys.Order());
        using var config = JsonDocument.Parse(File.ReadAllText(folder["adapter_config.json"]));
        Assert.Equal(["k_proj", "q_proj", "v_proj"], config.RootElement.GetProperty("target_modules").EnumerateArray().Select(name => name.GetString()).Order());
        Assert.Equal(JsonValueKind.Null, config.RootElement.GetProperty("layers_to_transform").ValueKind);
        Assert.Equal(JsonValueKind.Null, config.RootElement.GetProperty("task_type").ValueKind);
        Assert.InRange(ExportCheck.Verify(golden.Model, adapters, folder.Path), 0, 1e-4);
    }

    /// <summary>A name alone would mean a projection of the other tower too.</summary>
    [Theory]
    [InlineData("vision", true)]
    [InlineData("vision", false)]
    [InlineData("text", true)]
    public void An_adapter_on_one_tower_is_read_back_as_one(string tower, bool knowsModel)
    {
        using var folder = new TemporaryFolder();
        using var golden = new GoldenClip("clip-nora");
        using var adapters = AdapterSet.On(golden.Model, projection => projection.Path.StartsWith(tower, StringComparison.Ordinal)
            ? new LoraAdapter(projection.OutFeatures, projection.InFeatures, 2, 2, 0, TestDevice.Here, seed: 1) : null);
        PeftExport.Write(folder.Path, adapters, "clip-tiny", new() { Model = knowsModel ? golden.Model : null });
        Assert.InRange(ExportCheck.Verify(golden.Model, adapters, folder.Path), 0, 1e-4);
    }

    private static bool IsTarget(LinearProjection projection) => projection.Name is "q_proj" or "k_proj" or "v_proj";

    private static string LoraNames(string name) => name.Replace("lora_a", "lora_A.weight").Replace("lora_b", "lora_B.weight");

    private static LoraAdapter Filled(LoraAdapter adapter, LinearProjection projection, GoldenClip golden)
    {
        adapter.SetFactors(golden.Input($"init.{projection.Path}.lora_B.weight"), golden.Input($"init.{projection.Path}.lora_A.weight"));
        return adapter;
    }

    private static AdapterSet Nora(GoldenClip golden) => AdapterSet.On(golden.Model, projection =>
    {
        if (!IsTarget(projection)) return null;
        var adapter = new NoraAdapter(projection.OutFeatures, projection.InFeatures, 16, 4, alpha: 16, dropout: 0, ScalarType.Float32, TestDevice.Here);
        adapter.SetOuter(golden.Input($"outer.{projection.Path}.B"), golden.Input($"outer.{projection.Path}.A"));
        adapter.SetInner(golden.Input($"init.{projection.Path}.B_inner"), golden.Input($"init.{projection.Path}.A_inner"));
        return adapter;
    });

    private static ClipCalibration Calibration(GoldenClip golden) => new(golden.Model, golden.Pixels, GoldenClip.Texts(golden.Input("prompt_ids")));

    private static Tensor Logits(GoldenClip golden, bool paddedTexts)
    {
        using var prompts = GoldenClip.Prompts(golden.Input("prompt_ids"));
        var texts = paddedTexts ? golden.Model.TextFeatures(golden.Input("prompt_ids")) : golden.Model.TextFeatures(prompts);
        return FewShot.Logits(golden.Model.ImageFeatures(golden.Pixels), FewShot.Normalised(texts), tensor((float)LogitScale));
    }

    /// <summary>Three steps, and everything that the reference wrote down of them.</summary>
    /// <param name="paddedTexts">Masks are for texts of the full length.</param>
    private static void Compare(
        GoldenClip golden, string folder, AdapterSet adapters, Func<string, string> nameOf, string before, string after, bool paddedTexts = false)
    {
        using var config = JsonDocument.Parse(File.ReadAllText(GoldenFile.Path($"{folder}/config.json")));
        double[] rates = [.. config.RootElement.GetProperty("learning_rates").EnumerateArray().Select(rate => rate.GetDouble())];
        var labels = golden.Input("labels");
        using var prompts = GoldenClip.Prompts(golden.Input("prompt_ids"));
        using var optimizer = new AdamW(adapters.Trainable, weightDecay: 0.01);
        for (var step = 0; step < 3; step++)
        {
            using var scope = NewDisposeScope();
            var logits = Logits(golden, paddedTexts);
            if (step == 0) Near.Check(golden.Output(before), logits, 5e-4, 1e-4, before);
            var loss = paddedTexts ? nn.functional.cross_entropy(logits, labels)
                : FewShotLoss.Sum(golden.Model, golden.Pixels, labels, prompts, LogitScale) / labels.shape[0];
            Near.Check(golden.Output("losses")[step], loss, 0, 1e-4, $"losses[{step}]");
            loss.backward();
            if (step == 0)
            {
                Assert.Equal(30, golden.Gradients.Count());
                foreach (var (name, value) in adapters.Trainable) Near.Check(golden.Output($"grad.{nameOf(name)}"), value.grad!, 2e-5, 1e-3, name);
            }
            optimizer.Step(rates[step]);
            optimizer.ZeroGrad();
        }
        foreach (var (name, value) in adapters.Trainable) Near.Check(golden.Output($"after3.{nameOf(name)}"), value, 2e-5, 0, name);
        using var noGradient = no_grad();
        Near.Check(golden.Output(after), Logits(golden, paddedTexts), 5e-4, 1e-4, after);
    }

    /// <summary>CLIP-LoRA's adapter whose mask is given: x · keep / (1 − p), token first in the file.</summary>
    private sealed class MaskedLora(LinearProjection projection, Tensor keep)
        : LoraAdapter(projection.OutFeatures, projection.InFeatures, rank: 2, alpha: Math.Sqrt(2), dropout: 0.25, TestDevice.Here)
    {
        private readonly Tensor _kept = (keep.transpose(0, 1).reshape(-1, projection.InFeatures).to(ScalarType.Float32) / 0.75).DetachFromDisposeScope();

        public override Tensor Forward(Tensor x, Tensor output)
        {
            using var scope = NewDisposeScope();
            var down = nn.functional.linear(Training ? x * _kept : x, A); // [n, r]
            return AddProduct(output, down, B, Scale).MoveToOuterDisposeScope();
        }

        public override void Dispose()
        {
            base.Dispose();
            _kept.Dispose();
        }
    }
}
