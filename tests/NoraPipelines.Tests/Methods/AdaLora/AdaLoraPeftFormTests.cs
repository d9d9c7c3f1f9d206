using System.Text.Json;
using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tests.Export;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tests.Models.Roberta;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Methods;

/// <summary>AdaLoRA in PEFT's form: written, read back, and refused where the files do not fit.</summary>
public sealed class AdaLoraPeftFormTests
{
    private static readonly AdaLoraPlan Plan = new() { Rank = 5, Alpha = 6, TargetRank = 3, Dropout = 0.25, InitialSteps = 2, FinalSteps = 4, EverySteps = 3 };

    [Fact]
    public void A_folder_comes_back_with_the_function_that_it_was_written_from()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var adapted = AdaptedDecoder.AdaLora();
        MethodFolder.Write(folder.Path, adapted.Adapters, Plan, "base", adapted.Model, steps: 40);
        Assert.IsType<AdaLoraPeftForm>(PeftForm.Of(folder.Path));

        using var model = TinyDecoder.Create();
        using var adapters = MethodFolder.Attach(model, folder.Path);
        Near.Check(adapted.Logits(), AdaptedDecoder.Logits(model), 1e-5, 1e-5, "logits");
        foreach (var (expected, actual) in adapted.Adapters.Items.Zip(adapters.Items))
        {
            var own = (AdaLoraAdapter)actual.Adapter;
            Assert.Equal(((AdaLoraAdapter)expected.Adapter).Kept().Count(kept => kept), own.Rank);
            Assert.Equal((5, 0.25, ((AdaLoraAdapter)expected.Adapter).Scale), (own.InitialRank, own.Dropout, own.Scale));
        }
        Assert.Equal(0, ((AdaLoraAdapter)adapters.Items[0].Adapter).Rank); // lost all of its triples
    }

    [Fact]
    public void The_files_are_as_peft_writes_them()
    {
        using var folder = new TemporaryFolder();
        using var adapted = AdaptedDecoder.AdaLora();
        MethodFolder.Write(folder.Path, adapted.Adapters, Plan, "base", adapted.Model, steps: 40);
        using var config = JsonDocument.Parse(File.ReadAllText(folder["adapter_config.json"]));
        var root = config.RootElement;
        Assert.Equal("ADALORA", root.GetProperty("peft_type").GetString());
        (string Key, double Value)[] numbers =
            [("init_r", 5), ("target_r", 3), ("lora_alpha", 6), ("tinit", 2), ("tfinal", 4), ("deltaT", 3), ("total_step", 40), ("beta1", 0.85), ("orth_reg_weight", 0.5)];
        Assert.All(numbers, number => Assert.Equal(number.Value, root.GetProperty(number.Key).GetDouble()));
        Assert.Equal(14, root.GetProperty("rank_pattern").EnumerateObject().Count());
        Assert.Equal(5, root.GetProperty("rank_pattern").GetProperty("model.layers.1.mlp.up_proj.lora_E").GetArrayLength());
        using var file = SafetensorsFile.Open(folder["adapter_model.safetensors"]);
        Assert.Equal(3 * 14, file.Tensors.Count);
        var kept = root.GetProperty("rank_pattern").GetProperty("model.layers.1.mlp.up_proj.lora_E").EnumerateArray().Count(one => one.GetBoolean());
        Assert.Equal([kept, 32L], file.Tensors["base_model.model.model.layers.1.mlp.up_proj.lora_A"].Shape);
        Assert.Equal([kept, 1L], file.Tensors["base_model.model.model.layers.1.mlp.up_proj.lora_E"].Shape);
        Assert.Equal([48L, kept], file.Tensors["base_model.model.model.layers.1.mlp.up_proj.lora_B"].Shape);
    }

    [Fact]
    public void Keys_of_pefts_config_are_ours_and_its_tensors_are_read()
    {
        using var folder = new TemporaryFolder();
        using var adapted = AdaptedDecoder.AdaLora();
        MethodFolder.Write(folder.Path, adapted.Adapters, Plan, "base", adapted.Model, steps: 40);
        var golden = GoldenFile.Path("peft-adalora");
        Assert.Equal(Keys(Path.Combine(golden, "adapter_config.json")), Keys(folder["adapter_config.json"]));

        using var scope = NewDisposeScope();
        var config = AdaLoraConfig.Read(Path.Combine(golden, "adapter_config.json"));
        using var file = SafetensorsFile.Open(Path.Combine(golden, "adapter_model.safetensors"));
        using var weights = SafetensorsFile.Open(Path.Combine(golden, "model.safetensors"));
        using var inputs = SafetensorsFile.Open(Path.Combine(golden, "inputs.safetensors"));
        using var outputs = SafetensorsFile.Open(Path.Combine(golden, "outputs.safetensors"));
        var modules = AdaLoraModule.Read(file, config);
        Assert.Equal((2, 4), (modules["fc1"].Rank, modules["fc2"].Rank));
        using var first = Layer("fc1");
        using var second = Layer("fc2");
        Near.Check(outputs.Read("final.output"), second.Forward(nn.functional.gelu(first.Forward(inputs.Read("x")))), 1e-5, 1e-3, "output");

        LinearProjection Layer(string name)
        {
            var projection = new LinearProjection(name, weights.Read($"{name}.weight"), weights.Read($"{name}.bias"));
            projection.Adapter = modules[name].Adapter(file, config, CPU);
            return projection;
        }

        static string[] Keys(string path)
        {
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            return [.. json.RootElement.EnumerateObject().Select(key => key.Name).Order(StringComparer.Ordinal)];
        }
    }

    [Theory]
    [InlineData("\"init_r\": 5", "\"init_r\": 0", "'init_r' is 0")]
    [InlineData("\"init_r\": 5", "\"init_r\": 6", "6 times true or false")]
    [InlineData("\"lora_alpha\": 6", "\"lora_alpha\": -1", "a number above 0")]
    [InlineData("\"bias\": \"none\"", "\"bias\": \"some\"", "expected one of none, all, lora_only")]
    [InlineData("\"fan_in_fan_out\": false", "\"use_tomorrows_variant\": true", "'use_tomorrows_variant' is true, expected nothing")]
    [InlineData("\"up_proj\"", "\"k_proj\"", "PEFT would pass it over")]
    [InlineData("layers.1.mlp.up_proj.lora_E", "layers.1.mlp.other.lora_E", "leaves out")]
    [InlineData("layers.1.mlp.up_proj.lora_E", "layers.1.mlp.up_proj.lora_A", "at 'model.layers.1.mlp.up_proj.lora_A'")]
    public void A_config_that_does_not_fit_is_refused(string written, string changed, string message)
    {
        using var folder = new TemporaryFolder();
        using (var adapted = AdaptedDecoder.AdaLora()) MethodFolder.Write(folder.Path, adapted.Adapters, Plan, "base", adapted.Model, steps: 40);
        var config = File.ReadAllText(folder["adapter_config.json"]);
        Assert.Contains(written, config);
        File.WriteAllText(folder["adapter_config.json"], config.Replace(written, changed));
        Refused(folder, message);
    }

    [Fact]
    public void A_file_that_was_cut_or_belongs_to_another_model_is_refused()
    {
        using var folder = new TemporaryFolder();
        using (var adapted = AdaptedDecoder.AdaLora()) MethodFolder.Write(folder.Path, adapted.Adapters, Plan, "base", adapted.Model, steps: 40);
        using var other = TinyDecoder.Create(TinyDecoder.Shape() with { FeedForwardSize = 64 });
        Assert.Contains("does not fit the model", Assert.Throws<CheckpointException>(() => MethodFolder.Attach(other, folder.Path)).Message);
        Dictionary<string, Tensor> tensors;
        using (var file = SafetensorsFile.Open(folder["adapter_model.safetensors"])) tensors = file.Tensors.Keys.ToDictionary(name => name, name => file.Read(name));
        tensors.Remove("base_model.model.model.layers.1.mlp.up_proj.lora_E");
        SafetensorsWriter.Write(folder["adapter_model.safetensors"], tensors);
        Refused(folder, "has no lora_E");
        foreach (var value in tensors.Values) value.Dispose();
    }

    [Fact]
    public void A_classifiers_head_comes_along()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var trained = TinyEncoder.Create();
        using var adapters = new AdapterSet();
        foreach (var projection in trained.Projections) adapters.AddAdaLora(projection, rank: 5, alpha: 6);
        adapters.TrainInFull(trained.Classifier);
        AdaLoraStart.Initialise(adapters, seed: 1);
        using var noGradient = no_grad();
        foreach (var (_, adapter) in adapters.Items) ((AdaLoraAdapter)adapter).E.add_(3);
        foreach (var (_, value) in trained.Classifier.Parameters) value.add_(0.1);
        MethodFolder.Write(folder.Path, adapters, Plan, "base", trained, steps: 40);

        using var other = TinyEncoder.Create();
        using var loaded = MethodFolder.Attach(other, folder.Path);
        Near.Check(trained.Logits(TinyEncoder.Ids()), other.Logits(TinyEncoder.Ids()), 1e-5, 1e-5, "logits");
        Assert.Contains("SEQ_CLS", File.ReadAllText(folder["adapter_config.json"]), StringComparison.Ordinal);
    }

    private static void Refused(TemporaryFolder folder, string message)
    {
        using var model = TinyDecoder.Create();
        Assert.Contains(message, Assert.Throws<CheckpointException>(() => MethodFolder.Attach(model, folder.Path)).Message);
        Assert.All(model.Projections, projection => Assert.Null(projection.Adapter));
    }
}
