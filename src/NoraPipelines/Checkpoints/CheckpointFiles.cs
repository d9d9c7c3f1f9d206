namespace NoraPipelines.Checkpoints;

/// <summary>Finds and opens the files of a Hugging Face folder, and says what is there instead where they are missing.</summary>
internal static class CheckpointFiles
{
    private const string SingleFile = "model.safetensors";

    // What torch.save and its kin leave; all of them are pickles or hold one.
    private static readonly string[] PickleEndings = [".bin", ".pt", ".pth", ".ckpt", ".pkl"];

    private const string Convert = "Pickles are never loaded, since they can run code. Get the *.safetensors form of this model, or "
        + "convert it where transformers is installed: AutoModelForCausalLM.from_pretrained(folder).save_pretrained(folder).";

    /// <summary>Full path of a folder that exists.</summary>
    public static string Folder(string folder)
    {
        if (FolderAccess.Problem(folder) is { } problem) throw new CheckpointException($"{folder}: {problem}. Check its permissions.");
        if (Directory.Exists(folder)) return Path.GetFullPath(folder);
        throw new CheckpointException(File.Exists(folder)
            ? $"{folder}: a file was found, expected the folder with config.json and *.safetensors. Name the folder it lies in."
            : $"{folder}: not found; expected a folder with config.json and *.safetensors. Check the path, or download the model.");
    }

    public static string Config(string folder)
    {
        var path = CheckpointFolder.File(folder, "config.json");
        if (File.Exists(path)) return path;
        throw new CheckpointException(File.Exists(Path.Combine(folder, "adapter_config.json"))
            ? $"{folder}: holds an adapter (adapter_config.json), expected a whole model with config.json. Name the base model's folder."
            : $"{folder}: has no config.json. Expected a model's folder as Hugging Face lays it out; download all of its files.");
    }

    /// <summary>The single file, or all shards of the index; all are closed again if one fails.</summary>
    public static IReadOnlyCollection<SafetensorsFile> Open(string folder)
    {
        var single = CheckpointFolder.File(folder, SingleFile);
        if (File.Exists(single)) return [SafetensorsFile.Open(single)];
        var indexPath = CheckpointFolder.File(folder, ShardIndex.FileName);
        if (!File.Exists(indexPath)) throw new CheckpointException($"{folder}: {Instead(folder)}");
        var index = ShardIndex.Read(indexPath);
        var shards = new Dictionary<string, SafetensorsFile>(StringComparer.Ordinal);
        try
        {
            foreach (var name in index.Values.Distinct().Order(StringComparer.Ordinal))
            {
                var path = CheckpointFolder.File(folder, name, from: indexPath);
                if (!File.Exists(path)) throw new CheckpointException($"{indexPath}: {Missing(folder, index)} Download the folder again.");
                shards.Add(name, SafetensorsFile.Open(path));
            }
            ShardIndex.Check(indexPath, index, shards);
            return shards.Values;
        }
        catch
        {
            foreach (var shard in shards.Values) shard.Dispose();
            throw;
        }
    }

    private static string Missing(string folder, Dictionary<string, string> index)
    {
        string[] all = [.. index.Values.Distinct().Order(StringComparer.Ordinal)];
        string[] missing = [.. all.Where(name => !File.Exists(Path.Combine(folder, name)))];
        return $"{missing.Length} of its {all.Length} files are missing: {string.Join(", ", missing.Take(10))}"
            + $"{(missing.Length > 10 ? ", …" : "")}.";
    }

    private static string Instead(string folder)
    {
        string[] names = [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        const string Expected = "expected model.safetensors or model.safetensors.index.json with its shards.";
        if (Array.Find(names, name => name.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) is { } other)
            return $"holds {other}, {Expected} Rename a single file, or get the index of a sharded model.";
        if (Array.Find(names, name => PickleEndings.Contains(Path.GetExtension(name).ToLowerInvariant())) is { } pickle)
            return $"holds only pickled weights ({pickle}), {Expected} {Convert}";
        return $"holds no weights, {Expected} Download them.";
    }
}
