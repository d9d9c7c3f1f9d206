using System.Text.Json;
using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;

namespace NoraPipelines.Export;

/// <summary>Which tensors go into which file, in the order of the model, as transformers' save_pretrained splits and names them.</summary>
internal static class ShardPlan
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>One file of a model.</summary>
    internal sealed record Shard(string File, IReadOnlyList<DeferredTensor> Tensors);

    public static IReadOnlyList<Shard> Of(IEnumerable<DeferredTensor> tensors, long largestFile)
    {
        var groups = new List<List<DeferredTensor>> { new() };
        long size = 0;
        foreach (var tensor in tensors)
        {
            var bytes = tensor.Bytes ?? throw new CheckpointException($"tensor '{tensor.Name}' of {tensor.Shape} is too large for a file.");
            if (size > 0 && size + bytes > largestFile)
            {
                groups.Add([]);
                size = 0;
            }
            groups[^1].Add(tensor);
            size += bytes;
        }
        if (groups.Count == 1) return [new Shard("model.safetensors", groups[0])];
        return [.. groups.Select((group, index) => new Shard($"model-{index + 1:D5}-of-{groups.Count:D5}.safetensors", group))];
    }

    /// <summary>model.safetensors.index.json.</summary>
    public static string Index(IReadOnlyList<Shard> shards)
    {
        var map = shards.SelectMany(shard => shard.Tensors.Select(tensor => (tensor.Name, shard.File)))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create(pair.Name, (JsonNode?)pair.File));
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["total_size"] = shards.Sum(shard => shard.Tensors.Sum(tensor => tensor.Bytes!.Value)) },
            ["weight_map"] = new JsonObject(map),
        }.ToJsonString(Indented) + "\n";
    }
}
