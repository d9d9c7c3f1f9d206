using System.Text.Json;

namespace NoraPipelines.Checkpoints;

/// <summary>model.safetensors.index.json: which shard holds which tensor.</summary>
internal static class ShardIndex
{
    public const string FileName = "model.safetensors.index.json";

    private const string Remedy = "Index and shards are from different versions: download the folder again.";

    /// <summary>Tensor name → plain file name of its shard.</summary>
    /// <exception cref="CheckpointException">The file is no index.</exception>
    public static Dictionary<string, string> Read(string path)
    {
        if (!JsonFile.Read(path).TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
            throw new CheckpointException($"{path}: has no object 'weight_map', expected one from tensor to file. Get the file again.");
        var shards = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in map.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String)
            {
                throw new CheckpointException($"{path}: maps '{entry.Name}' to {entry.Value.ValueKind}, expected a file name. "
                    + "Get the file again.");
            }
            shards.Add(entry.Name, entry.Value.GetString()!);
        }
        if (shards.Count == 0)
            throw new CheckpointException($"{path}: its 'weight_map' is empty, expected the model's tensors. Get it again.");
        return shards;
    }

    /// <summary>The index and the shards must say the same: every tensor in the shard it is listed in, and no other there.</summary>
    /// <exception cref="CheckpointException">A tensor is missing from its shard, or lies in one that it is not listed in.</exception>
    public static void Check(string path, IReadOnlyDictionary<string, string> index, IReadOnlyDictionary<string, SafetensorsFile> shards)
    {
        foreach (var (tensor, shard) in index)
        {
            if (shards[shard].Tensors.ContainsKey(tensor)) continue;
            var actual = shards.FirstOrDefault(other => other.Value.Tensors.ContainsKey(tensor)).Key;
            var place = actual is null ? "in no shard" : $"in {actual}";
            throw new CheckpointException($"{path}: lists tensor '{tensor}' in {shard}, but it is {place}. {Remedy}");
        }
        foreach (var (shard, file) in shards)
        {
            var extra = file.Tensors.Keys.FirstOrDefault(name => !index.TryGetValue(name, out var listed) || listed != shard);
            if (extra is null) continue;
            var place = index.TryGetValue(extra, out var other) ? $"in {other}" : "nowhere";
            throw new CheckpointException($"{file.Path}: holds tensor '{extra}', which {FileName} lists {place}. {Remedy}");
        }
    }
}
