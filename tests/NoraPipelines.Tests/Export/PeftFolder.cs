using System.Text.Json;
using NoraPipelines.Checkpoints;
using NoraPipelines.Tests.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Export;

/// <summary>An adapter's folder made by hand: modules of [5, 3] weights.</summary>
internal sealed class PeftFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public string this[string name] => _folder[name];

    /// <summary>A plain config of rank 2, with keys replaced; a null value takes the key away.</summary>
    public void WriteConfig(Dictionary<string, object?>? changes = null)
    {
        var config = new Dictionary<string, object?>
        {
            ["peft_type"] = "LORA",
            ["r"] = 2,
            ["lora_alpha"] = 2,
            ["target_modules"] = new[] { "q_proj", "v_proj" },
        };
        foreach (var (key, value) in changes ?? [])
        {
            if (value is null) config.Remove(key);
            else config[key] = value;
        }
        File.WriteAllText(this["adapter_config.json"], JsonSerializer.Serialize(config));
    }

    public void WriteWeights(params (string Module, int Rank)[] modules)
    {
        using var scope = NewDisposeScope();
        Write(modules.SelectMany(module => new[]
        {
            KeyValuePair.Create($"base_model.model.{module.Module}.lora_A.weight", ones(module.Rank, 3)),
            KeyValuePair.Create($"base_model.model.{module.Module}.lora_B.weight", ones(5, module.Rank)),
        }));
    }

    public void Write(IEnumerable<KeyValuePair<string, Tensor>> tensors) =>
        SafetensorsWriter.Write(this["adapter_model.safetensors"], tensors);

    public void Dispose() => _folder.Dispose();
}
