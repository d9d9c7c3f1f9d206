namespace NoraPipelines.Checkpoints;

/// <summary>
/// What a file calls a model's tensors. A file that was saved without its head leaves the model's prefix out of every name, so
/// transformers puts it there where no name of the file has it; a name that never had the prefix is the same in both. Files of
/// TensorFlow's descent call a LayerNorm's weight gamma and its bias beta.
/// </summary>
internal sealed class CheckpointNames
{
    private readonly HashSet<string> _stored;
    private readonly string _omitted;

    private CheckpointNames(HashSet<string> stored, string omitted) => (_stored, _omitted) = (stored, omitted);

    /// <param name="prefix">Of the model's own names, with its dot: "model.".</param>
    public static CheckpointNames Of(HuggingFaceCheckpoint checkpoint, string prefix)
    {
        var stored = checkpoint.Tensors.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        return new(stored, stored.Any(name => name.StartsWith(prefix, StringComparison.Ordinal)) ? "" : prefix);
    }

    /// <summary>The file's name of a tensor.</summary>
    public string Stored(string name)
    {
        if (name.StartsWith(_omitted, StringComparison.Ordinal)) name = name[_omitted.Length..];
        if (_stored.Contains(name)) return name;
        var old = name.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal)
            .Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal);
        return _stored.Contains(old) ? old : name;
    }

    /// <summary>Shapes by the file's names.</summary>
    public IReadOnlyDictionary<string, long[]> Stored(IReadOnlyDictionary<string, long[]> shapes) =>
        shapes.ToDictionary(pair => Stored(pair.Key), pair => pair.Value, StringComparer.Ordinal);
}
