namespace NoraPipelines.Checkpoints;

/// <summary>
/// What a file calls a model's tensors. A file that was saved without its head leaves the model's prefix out of every name, so
/// transformers puts it there where no name of the file has it; a name that never had the prefix is the same in both.
/// </summary>
internal sealed class CheckpointNames
{
    private readonly string _omitted;

    private CheckpointNames(string omitted) => _omitted = omitted;

    /// <param name="prefix">Of the model's own names, with its dot: "model.".</param>
    public static CheckpointNames Of(HuggingFaceCheckpoint checkpoint, string prefix) =>
        new(checkpoint.Tensors.Any(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal)) ? "" : prefix);

    /// <summary>The file's name of a tensor.</summary>
    public string Stored(string name) => name.StartsWith(_omitted, StringComparison.Ordinal) ? name[_omitted.Length..] : name;

    /// <summary>Shapes by the file's names.</summary>
    public IReadOnlyDictionary<string, long[]> Stored(IReadOnlyDictionary<string, long[]> shapes) =>
        shapes.ToDictionary(pair => Stored(pair.Key), pair => pair.Value, StringComparer.Ordinal);
}
