namespace NoraPipelines.Checkpoints.Hub;

/// <summary>Which files of a model's repository are needed: configuration, tokenizer, weights as safetensors; nothing else.</summary>
internal static class HubModelFiles
{
    public const string SingleFile = "model.safetensors";

    private static readonly HashSet<string> Beside = new(StringComparer.Ordinal)
    {
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "vocab.json", "merges.txt", "vocab.txt", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "chat_template.jinja",
        "chat_template.json",
    };

    private static readonly string[] Pickles = [".bin", ".pt", ".pth", ".ckpt", ".pkl", ".h5", ".msgpack"];

    /// <summary>The small files, and the weights' one file or index.</summary>
    /// <exception cref="HubException">The repository holds no model that can be loaded.</exception>
    public static IReadOnlyList<string> First(HubRepository repository, IReadOnlyCollection<string> listed)
    {
        if (!listed.Contains("config.json"))
            throw new HubException($"{repository}: has no config.json{(listed.Contains("adapter_config.json") ? "; it holds an adapter" : "")}. Expected a model's repository; name the base model.");
        var weights = listed.Contains(SingleFile) ? SingleFile : listed.Contains(ShardIndex.FileName) ? ShardIndex.FileName : null;
        return weights is null ? throw NoWeights(repository, listed) : [.. listed.Where(Beside.Contains).Order(StringComparer.Ordinal), weights];
    }

    /// <summary>The shards that an index names.</summary>
    /// <exception cref="HubException">One is not listed, or its name leaves the folder.</exception>
    public static IReadOnlyList<string> Shards(HubRepository repository, string indexPath, IReadOnlyCollection<string>? listed)
    {
        string[] names = [.. ShardIndex.Read(indexPath).Values.Distinct().Order(StringComparer.Ordinal)];
        foreach (var name in names)
        {
            if (!HubPaths.IsInside(name) || name.Contains('/') || !name.EndsWith(".safetensors", StringComparison.Ordinal))
                throw new HubException($"{repository}: its {ShardIndex.FileName} names the file '{name}', expected a plain name that ends in .safetensors. Do not use this repository.");
            if (listed is not null && !listed.Contains(name))
                throw new HubException($"{repository}: its {ShardIndex.FileName} names {name}, which the repository does not hold. Use another revision.");
        }
        return names;
    }

    private static HubException NoWeights(HubRepository repository, IReadOnlyCollection<string> listed)
    {
        if (listed.FirstOrDefault(name => name.EndsWith(".safetensors", StringComparison.Ordinal)) is { } other)
            return new HubException($"{repository}: holds {other}, expected {SingleFile} or {ShardIndex.FileName}. Use a repository in transformers' layout.");
        if (listed.FirstOrDefault(name => Pickles.Contains(Path.GetExtension(name))) is { } pickle)
        {
            return new HubException($"{repository}: holds only pickled weights ({pickle}), which are never loaded, since they can run code. "
                + "Use a repository or a revision (such as refs/pr/1) with *.safetensors, or convert it where transformers is installed.");
        }
        return new HubException($"{repository}: holds no weights; expected {SingleFile} or {ShardIndex.FileName}.");
    }
}
