using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Models.Llama;
using NoraPipelines.Tests.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Checkpoints;

/// <summary>Folders of base models with what is not understood, or understood in one way of two.</summary>
public sealed class ForeignCheckpointTests : IDisposable
{
    private const string Query = "model.layers.0.self_attn.q_proj.weight";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ScalarType.Int8, "int8")]
    [InlineData(ScalarType.Int32, "int32")]
    [InlineData(ScalarType.Byte, "uint8")]
    public void Whole_numbers_are_no_weights(ScalarType dtype, string word)
    {
        Write(change: tensors => tensors[Query] = tensors[Query].to(dtype));
        Assert.Contains($"tensor '{Query}' is stored as {word}; a weight must be float64, float32, float16 or bfloat16. It is quantised", Refusal());
    }

    [Theory]
    [InlineData("model.layers.0.self_attn.q_proj.qweight", "GPTQ or AWQ")]
    [InlineData("model.layers.0.self_attn.q_proj.weight_packed", "compressed-tensors")]
    public void A_quantised_form_is_named(string name, string form)
    {
        Write(change: tensors =>
        {
            tensors.Remove(Query);
            tensors[name] = zeros(4, 32, dtype: int32);
        });
        Assert.Contains($"are those of {form}. It is quantised", Refusal());
    }

    [Theory]
    [InlineData("\"attention_dropout\":0.1,\"new_variant\":true,\"unsloth_version\":\"1\",\"nothing\":0", "not read: attention_dropout (0.1), new_variant (true). ")]
    [InlineData("\"use_cache\":true,\"nothing\":[]", null)]
    public void Keys_of_the_config_that_are_not_read_are_told(string keys, string? told)
    {
        Write(keys);
        var report = Load();
        if (told is null) Assert.Empty(report);
        else Assert.Contains(told, Assert.Single(report));
    }

    [Theory]
    [InlineData(0.0, false)]
    [InlineData(1.0, true)]
    public void A_head_beside_tied_embeddings_is_told_where_it_differs(double added, bool isTold)
    {
        Write(change: tensors => tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"] + added, tied: true);
        var report = Load();
        if (isTold) Assert.Contains("lm_head.weight differs from them and is left aside", Assert.Single(report));
        else Assert.Empty(report);
    }

    [Theory]
    [InlineData("config.json", "{ \"model_type\": \"\\ud800\" }")]
    [InlineData("config.json", "{ \"\\udc00\": 1 }")]
    [InlineData("model.safetensors.index.json", "{ \"weight_map\": { \"a\": \"\\ud800\" } }")]
    [InlineData("adapter_config.json", "{ \"peft_type\": \"LORA\", \"target_modules\": [\"\\ud800x\"] }")]
    public void Half_of_a_surrogate_pair_is_refused_for_the_whole_document(string file, string json)
    {
        File.WriteAllText(_folder[file], json);
        var message = Assert.Throws<CheckpointException>(() => JsonFile.Read(_folder[file])).Message;
        Assert.Contains($"{file}: is not valid JSON: an escape is half of a surrogate pair", message);
    }

    [Fact]
    public void A_whole_surrogate_pair_is_text()
    {
        File.WriteAllText(_folder["config.json"], "{ \"a\": \"\\ud83d\\ude00\" }");
        Assert.Equal("😀", JsonFile.Read(_folder["config.json"]).GetProperty("a").GetString());
    }

    private string Refusal()
    {
        using var checkpoint = HuggingFaceCheckpoint.Open(_folder.Path);
        return Assert.Throws<CheckpointException>(() => LlamaModel.Load(checkpoint, checkpoint.ReadDecoderShape(), float32, CPU)).Message;
    }

    private List<string> Load()
    {
        var report = new List<string>();
        using var checkpoint = HuggingFaceCheckpoint.Open(_folder.Path);
        checkpoint.Report = report.Add;
        using var model = LlamaModel.Load(checkpoint, checkpoint.ReadDecoderShape(), float32, CPU);
        return report;
    }

    private void Write(string? keys = null, Action<Dictionary<string, Tensor>>? change = null, bool tied = false)
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create(TinyDecoder.Shape() with { TiedEmbeddings = tied });
        MergedExport.Write(_folder.Path, model, adapters: null, source: null, float32);
        Dictionary<string, Tensor> tensors;
        using (var file = SafetensorsFile.Open(_folder["model.safetensors"])) tensors = file.Tensors.Keys.ToDictionary(name => name, name => file.Read(name));
        change?.Invoke(tensors);
        SafetensorsWriter.Write(_folder["model.safetensors"], tensors);
        if (keys is null) return;
        var config = JsonNode.Parse(File.ReadAllText(_folder["config.json"]))!.AsObject();
        foreach (var (key, value) in JsonNode.Parse($"{{{keys}}}")!.AsObject()) config[key] = value?.DeepClone();
        File.WriteAllText(_folder["config.json"], config.ToJsonString());
    }
}
