using System.Text;
using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Tests.Checkpoints;

namespace NoraPipelines.Tests.Fuzzing;

/// <summary>Whatever stands in the files of a checkpoint, it is read or refused in words.</summary>
public sealed class CheckpointFuzzTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_safetensors_header_is_read_or_refused()
    {
        var header = """
            {"__metadata__":{"format":"pt"},"a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[],"data_offsets":[24,26]},
            "c":{"dtype":"I64","shape":[0,7],"data_offsets":[26,26]}}
            """u8.ToArray();
        Fuzz.Run(4000, [header], bytes => SafetensorsHeader.Parse("a.safetensors", bytes, 26), IsRefusal);
    }

    [Fact]
    public void A_shard_index_is_read_or_refused() => Files("model.safetensors.index.json", 1500,
        ["""{ "metadata": { "total_size": 12 }, "weight_map": { "a.weight": "model-1.safetensors", "b": "model-2.safetensors" } }"""u8.ToArray()],
        path => ShardIndex.Read(path));

    [Fact]
    public void A_config_is_read_or_refused() => Files("config.json", 1500,
        [
            .. new[] { "llama-tiny", "gemma-tiny", "mistral-tiny", "roberta-tiny", "llama-tiny-rope-llama3" }.Select(name => File.ReadAllBytes(GoldenFile.Path($"{name}/config.json"))),
        ],
        _ => HuggingFaceCheckpoint.ReadShape(_folder.Path));

    [Fact]
    public void An_adapter_config_is_read_or_refused()
    {
        byte[][] examples =
        [
            .. new[] { "peft-llama-lora", "peft-llama-vera", "peft-adalora", "peft-dora", "peft-lokr", "peft-rslora" }
                .SelectMany(name => Directory.GetFiles(GoldenFile.Path(name), "adapter_config.json", SearchOption.AllDirectories))
                .Select(File.ReadAllBytes),
            Encoding.UTF8.GetBytes("""{ "peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj"], "rank_pattern": { "q_proj": 2 }, "bias": "none" }"""),
        ];
        Files("adapter_config.json", 1500, examples, path => PeftConfigReader.ReadOwn(path));
    }

    [Fact]
    public void A_pattern_of_modules_matches_or_is_refused() => Fuzz.Run(1000,
        [@"model\.layers\.(?P<layer>\d+)\.(self_attn|mlp)\.[a-z_]+_proj"u8.ToArray(), @"(?<!x)self_attn\.[a-z]+_proj"u8.ToArray()],
        bytes => new ModulePattern("adapter_config.json", "target_modules", Encoding.UTF8.GetString(bytes)).IsMatch("model.layers.11.self_attn.q_proj"), IsRefusal);

    public void Dispose() => _folder.Dispose();

    private void Files(string name, int usual, IReadOnlyList<byte[]> examples, Action<string> read) => Fuzz.Run(usual, examples, bytes =>
    {
        File.WriteAllBytes(_folder[name], bytes);
        read(_folder[name]);
    }, IsRefusal);

    private static bool IsRefusal(Exception problem) => problem is NoraException;
}
