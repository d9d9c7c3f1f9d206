using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tests.Methods;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tests.Models.Llama;
using NoraPipelines.Tests.Models.Roberta;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Export;

/// <summary>Adapters in PEFT's own form of their method: those that PEFT wrote, and ours, read back.</summary>
public sealed class MethodFolderTests
{
    [Theory]
    [InlineData("peft-dora", 3e-5, "lora_a lora_A.default.weight", "lora_b lora_B.default.weight", "magnitude lora_magnitude_vector.default.weight")]
    [InlineData("peft-vera", 2e-5, "lambda_b vera_lambda_b.default", "lambda_d vera_lambda_d.default")]
    [InlineData("peft-lokr", 2e-5, "lokr_w1 lokr_w1.default", "lokr_w2_a lokr_w2_a.default", "lokr_w2_b lokr_w2_b.default")]
    public void A_folder_that_peft_wrote_gives_its_outputs_gradients_and_merged_weights(string name, double tolerance, params string[] gradients)
    {
        using var source = MethodAdapter.Load(GoldenFile.Path(name));
        using var golden = new GoldenMlp(name, (_, projection) => source.Make(projection));
        golden.Check(tolerance, [.. gradients.Select(names => (names.Split(' ')[0], names.Split(' ')[1]))]);
    }

    [Fact]
    public void A_vera_that_peft_wrote_for_a_decoder_gives_its_logits()
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenDecoder("llama-tiny");
        using var expected = SafetensorsFile.Open(GoldenFile.Path("peft-llama-vera/outputs.safetensors"));
        using var set = MethodFolder.Attach(golden.Model, GoldenFile.Path("peft-llama-vera"));
        Assert.Equal(6, set.Items.Count);
        Near.Check(expected.Read("logits")[golden.Mask], golden.Model.Logits(golden.Model.Hidden(golden.Input("input_ids")))[golden.Mask], 5e-5, 1e-4, "logits");
    }

    [Theory]
    [InlineData("dora", ScalarType.Float32)]
    [InlineData("vera", ScalarType.Float32)]
    [InlineData("lokr", ScalarType.Float32)]
    [InlineData("rslora", ScalarType.Float32)]
    [InlineData("dora", ScalarType.BFloat16)]
    [InlineData("vera", ScalarType.BFloat16)]
    [InlineData("lokr", ScalarType.BFloat16)]
    public void What_is_written_is_read_back_with_the_same_logits(string method, ScalarType dtype)
    {
        using var folder = new TemporaryFolder();
        using var decoder = MethodDecoders.Make(method, dtype);
        MethodFolder.Write(folder.Path, decoder.Adapters, MethodDecoders.Plan(method), "base");
        var difference = ExportCheckOf(decoder, folder.Path);
        Assert.InRange(difference, 0, dtype == float32 ? 1e-6 : 1e-2);

        // Without any adapter the logits are others.
        using var scope = NewDisposeScope();
        var adapted = decoder.Logits();
        decoder.Adapters.Dispose();
        Assert.True((adapted - decoder.Logits()).abs().max().item<float>() > 1e-2);
    }

    [Theory]
    [InlineData("dora", "peft-dora")]
    [InlineData("vera", "peft-llama-vera")]
    [InlineData("lokr", "peft-lokr")]
    [InlineData("rslora", "peft-rslora")]
    public void Keys_of_the_config_and_names_of_tensors_are_those_of_peft(string method, string golden)
    {
        using var folder = new TemporaryFolder();
        using var decoder = MethodDecoders.Make(method);
        MethodFolder.Write(folder.Path, decoder.Adapters, MethodDecoders.Plan(method), "base", decoder.Model);
        var (ours, theirs) = (Json(folder["adapter_config.json"]), Json(GoldenFile.Path($"{golden}/adapter_config.json")));
        Assert.Equal(theirs.Select(pair => pair.Key), ours.Select(pair => pair.Key));
        foreach (var key in new[] { "peft_type", "use_dora", "use_rslora", "save_projection", "init_weights", "init_lora_weights", "decompose_both", "bias" })
            Assert.Equal(theirs[key]?.ToJsonString(), ours[key]?.ToJsonString());

        Assert.Equal(Ends(GoldenFile.Path($"{golden}/adapter_model.safetensors")), Ends(folder["adapter_model.safetensors"]));
        using var file = SafetensorsFile.Open(folder["adapter_model.safetensors"]);
        Assert.All(file.Tensors.Values, tensor => Assert.Equal(float32, tensor.Dtype));
    }

    [Theory]
    [InlineData("dora")]
    [InlineData("vera")]
    [InlineData("lokr")]
    public void Training_goes_on_from_a_folder_with_the_same_function(string method)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var first = MethodDecoders.Make(method);
        MethodFolder.Write(folder.Path, first.Adapters, MethodDecoders.Plan(method), "base");
        using var second = MethodDecoders.Make(method);
        using (no_grad())
            foreach (var (_, value) in second.Adapters.Items.SelectMany(item => item.Adapter.Trainable.Concat(item.Adapter.Shared))) value.add_(0.3);
        Assert.True((first.Logits() - second.Logits()).abs().max().item<float>() > 1e-3);
        AdapterStart.Read(folder.Path, second.Adapters, second.Model);
        Near.Check(first.Logits(), second.Logits(), 1e-5, 1e-5, "logits");
    }

    [Theory]
    [InlineData("pissa")]
    [InlineData("rslora")]
    public void Training_goes_on_from_the_lora_that_a_method_is_exported_to(string method)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var first = MethodDecoders.Make(method);
        PeftExport.Write(folder.Path, first.Adapters, "base");
        using var second = MethodDecoders.Make(method);
        using (no_grad())
            foreach (var (_, value) in second.Adapters.Items.SelectMany(item => item.Adapter.Trainable.Concat(item.Adapter.Frozen))) value.add_(0.3);
        AdapterStart.Read(folder.Path, second.Adapters, second.Model);
        Near.Check(first.Logits(), second.Logits(), 1e-4, 1e-4, "logits");
        if (method != "pissa") return;
        // What trains and what is subtracted are where they were, so that the next step is the same.
        foreach (var (ours, theirs) in first.Adapters.Items.Zip(second.Adapters.Items))
        {
            var (left, right) = ((PissaAdapter)ours.Adapter, (PissaAdapter)theirs.Adapter);
            Near.Check(left.StartB, right.StartB, 1e-6, 1e-6, "start_b");
            Near.Check(left.A, right.A, 1e-6, 1e-6, "lora_a");
        }
    }

    [Theory]
    [InlineData("dora")]
    [InlineData("vera")]
    [InlineData("lokr")]
    public void A_classifiers_head_comes_along(string method)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var generator = new TorchSharp.torch.Generator(31, CPU);
        using var model = TinyEncoder.Create();
        using var pair = MethodDecoders.Pair();
        using var set = AdapterSet.On(model, projection => MethodDecoders.Adapter(
            method, projection, (rows, columns) => randn([rows, columns], generator: generator).mul_(0.4), pair));
        set.TrainInFull(model.Classifier);
        foreach (var (_, value) in model.Classifier.Parameters) value.add_(0.1);
        MethodFolder.Write(folder.Path, set, MethodDecoders.Plan(method), "base");
        Assert.InRange(ExportCheck.Verify(model, set, folder.Path), 0, 1e-6);

        using var fresh = TinyEncoder.Create();
        using var loaded = MethodFolder.Attach(fresh, folder.Path);
        Near.Check(model.Logits(TinyEncoder.Ids()), fresh.Logits(TinyEncoder.Ids()), 1e-5, 1e-5, "logits");
    }

    [Fact]
    public void Training_does_not_go_on_from_another_method_or_rank()
    {
        using var folder = new TemporaryFolder();
        using var dora = MethodDecoders.Make("dora");
        MethodFolder.Write(folder.Path, dora.Adapters, MethodDecoders.Plan("dora"), "base");
        using var lokr = MethodDecoders.Make("lokr");
        Assert.Contains("has a lokr adapter, the folder is of dora", Assert.Throws<NoraException>(() => AdapterStart.Read(folder.Path, lokr.Adapters, lokr.Model)).Message);
        using var other = AdaptedDecoder.Of((projection, _) => new DoraAdapter(projection, rank: 2, alpha: 2, dropout: 0));
        Assert.Contains("the folder's rank is 3, the spec's is 2", Assert.Throws<NoraException>(() => AdapterStart.Read(folder.Path, other.Adapters, other.Model)).Message);
    }

    [Fact]
    public void The_scale_of_lokr_counts_from_the_version_of_peft_on_that_applies_it()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "adapter_config.json", "adapter_model.safetensors" }) File.Copy(GoldenFile.Path($"peft-lokr/{name}"), folder[name]);
        using var early = MethodAdapter.Load(folder.Path);
        Assert.All(early.Modules.Values, module => Assert.Equal(1, module.Scale));
        Change(folder, config => config["rank_dropout_scale"] = false);
        using var late = MethodAdapter.Load(folder.Path);
        Assert.All(late.Modules.Values, module => Assert.Equal(8.0 / 2, module.Scale));
    }

    [Fact]
    public void Lokrs_factors_may_be_whole_or_products()
    {
        using var scope = NewDisposeScope();
        using var folder = new PeftFolder();
        var (a, b, w2) = (randn(2, 1), randn(1, 3), randn(4, 5)); // [2·4, 3·5]
        folder.WriteConfig(new() { ["peft_type"] = "LOKR", ["r"] = 1, ["alpha"] = 7, ["lora_alpha"] = null });
        folder.Write([
            KeyValuePair.Create("base_model.model.q_proj.lokr_w1_a", a), KeyValuePair.Create("base_model.model.q_proj.lokr_w1_b", b),
            KeyValuePair.Create("base_model.model.q_proj.lokr_w2", w2),
        ]);
        using var source = MethodAdapter.Load(folder.Path);
        using var projection = new LinearProjection("q_proj", randn(8, 15));
        using var adapter = source.Make(projection);
        Near.Check(a.mm(b).kron(w2), adapter.Delta(), 1e-5, 1e-5, "delta");
    }

    [Theory]
    [InlineData("peft-vera", "save_projection", "false", "save_projection=True")]
    [InlineData("peft-vera", "r", "5", "of rank 5")]
    [InlineData("peft-dora", "r", "5", "of rank 5")]
    [InlineData("peft-lokr", "r", "5", "of rank 5")]
    [InlineData("peft-dora", "use_dora", "false", "plain LoRA")]
    [InlineData("peft-vera", "bias", "\"some\"", "expected one of none, all, lora_only")]
    [InlineData("peft-vera", "rank_pattern", "{\"fc1\":3}", "no key of this name is known for peft_type VERA")]
    [InlineData("peft-lokr", "alpha_pattern", "{\"fc3\":3}", "which none of the adapter's 2 modules is")]
    [InlineData("peft-lokr", "target_modules", "[\"fc1\"]", "leave out")]
    [InlineData("peft-lokr-conv", "r", "1", "tensor 'base_model.model.conv.lokr_t2' is none of lokr's")]
    public void What_cannot_be_read_is_said(string golden, string key, string value, string message)
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "adapter_config.json", "adapter_model.safetensors" }) File.Copy(GoldenFile.Path($"{golden}/{name}"), folder[name]);
        Change(folder, config => config[key] = JsonNode.Parse(value));
        var refusal = Assert.Throws<CheckpointException>(() => MethodAdapter.Load(folder.Path)).Message;
        Assert.Contains(message, refusal);
        Assert.Contains(folder.Path, refusal);
    }

    [Fact]
    public void A_vera_without_its_pair_is_refused()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        File.Copy(GoldenFile.Path("peft-vera/adapter_config.json"), folder["adapter_config.json"]);
        using (var file = SafetensorsFile.Open(GoldenFile.Path("peft-vera/adapter_model.safetensors")))
            SafetensorsWriter.Write(folder["adapter_model.safetensors"], file.Tensors.Keys.Where(name => name != "base_model.vera_B").Select(name => KeyValuePair.Create(name, file.Read(name))));
        Assert.Contains("has no base_model.vera_A [6, in] and base_model.vera_B [out, 6]", Assert.Throws<CheckpointException>(() => MethodAdapter.Load(folder.Path)).Message);
    }

    [Fact]
    public void A_number_that_is_not_finite_is_not_written()
    {
        using var folder = new TemporaryFolder();
        using var decoder = MethodDecoders.Make("dora");
        using (no_grad()) ((DoraAdapter)decoder.Adapters.Items[1].Adapter).Magnitude[0] = double.NaN;
        Assert.Contains("Training diverged", Assert.Throws<NoraException>(() => MethodFolder.Write(folder.Path, decoder.Adapters, MethodDecoders.Plan("dora"), "base")).Message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private static double ExportCheckOf(AdaptedDecoder decoder, string folder) => ExportCheck.Verify(decoder.Model, decoder.Adapters, folder);

    private static JsonObject Json(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject();

    private static void Change(TemporaryFolder folder, Action<JsonObject> change)
    {
        var config = Json(folder["adapter_config.json"]);
        change(config);
        File.WriteAllText(folder["adapter_config.json"], config.ToJsonString());
    }

    /// <summary>What follows the module in names, each once.</summary>
    private static string[] Ends(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return [.. file.Tensors.Keys.Select(name => name[(name.IndexOf("lora_", StringComparison.Ordinal) is var lora and >= 0 ? lora : name.LastIndexOf('.'))..]).Distinct().Order()];
    }
}
