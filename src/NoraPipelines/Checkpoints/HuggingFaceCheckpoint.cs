using System.Text.Json;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Checkpoints;

/// <summary>
/// A model's folder as Hugging Face lays it out: config.json with model.safetensors, or with model.safetensors.index.json and the
/// shards it names. Where both are there, the single file counts, as in transformers. Pickles (*.bin, *.pt) are never loaded.
/// </summary>
public sealed class HuggingFaceCheckpoint : IDisposable
{
    private readonly Dictionary<string, SafetensorsFile> _fileOf;
    private readonly IReadOnlyCollection<SafetensorsFile> _files;

    private HuggingFaceCheckpoint(string folder, JsonElement config, IReadOnlyCollection<SafetensorsFile> files)
    {
        (Folder, Config, _files) = (folder, config, files);
        _fileOf = new(StringComparer.Ordinal);
        foreach (var file in files)
            foreach (var name in file.Tensors.Keys) _fileOf.Add(name, file);
        Tensors = [.. _fileOf.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value.Tensors[pair.Key])];
    }

    /// <summary>Full path.</summary>
    public string Folder { get; }

    /// <summary>config.json.</summary>
    public JsonElement Config { get; }

    /// <summary>All tensors of all shards, by name in ordinal order.</summary>
    public IReadOnlyCollection<TensorEntry> Tensors { get; }

    /// <summary>Paths of the files that hold them, and of what says so: config.json, and the index of shards.</summary>
    internal IEnumerable<string> Files => _files.Select(file => file.Path)
        .Concat(((string[])[ConfigPath, Path.Combine(Folder, ShardIndex.FileName)]).Where(File.Exists));

    /// <summary>Told what a model makes of the checkpoint that its user should know: a head that is new, keys that are not read.</summary>
    public Action<string>? Report { get; set; }

    /// <summary>What most numbers of its weights are stored in; float32 where it has none.</summary>
    public ScalarType Dtype => Tensors.Where(entry => QuantisedWeights.IsFloat(entry.Dtype)).GroupBy(entry => entry.Dtype)
        .MaxBy(group => group.Sum(entry => entry.Bytes / SafetensorsDtype.Size(group.Key)))?.Key ?? ScalarType.Float32;

    private string ConfigPath => Path.Combine(Folder, "config.json");

    /// <summary>Opens the folder; every shard's header is checked, no weight is read.</summary>
    /// <exception cref="CheckpointException">A file is missing, damaged, outside the folder, or contradicts the index.</exception>
    public static HuggingFaceCheckpoint Open(string folder)
    {
        var full = CheckpointFiles.Folder(folder);
        var config = JsonFile.Read(CheckpointFiles.Config(full));
        var files = CheckpointFiles.Open(full);
        return new HuggingFaceCheckpoint(full, config, files);
    }

    /// <summary>The decoder that config.json describes.</summary>
    /// <exception cref="CheckpointException">It describes none that can be built.</exception>
    public DecoderShape ReadDecoderShape() => Shape<DecoderShape>(ReadShape(), ConfigPath);

    /// <summary>The model that config.json describes, of any family.</summary>
    /// <exception cref="CheckpointException">It describes none that can be built.</exception>
    public ModelShape ReadShape() => ShapeOf(Config, ConfigPath);

    /// <summary>The decoder that a folder's config.json describes; weights need not be there.</summary>
    /// <exception cref="CheckpointException">There is no config.json, or it describes no decoder that can be built.</exception>
    public static DecoderShape ReadDecoderShape(string folder) => Shape<DecoderShape>(ReadShape(folder), Path.Combine(folder, "config.json"));

    /// <summary>The model that a folder's config.json describes, of any family; weights need not be there.</summary>
    /// <exception cref="CheckpointException">There is no config.json, or it describes no model that can be built.</exception>
    public static ModelShape ReadShape(string folder)
    {
        var path = CheckpointFiles.Config(CheckpointFiles.Folder(folder));
        return ShapeOf(JsonFile.Read(path), path);
    }

    private static ModelShape ShapeOf(JsonElement config, string path)
    {
        var reading = ModelConfig.Read(JsonFile.Plain(config));
        return reading.Shape ?? throw new CheckpointException(
            $"{path}: describes no model that can be built:{Lines(reading.Problems)}"
            + $"{Environment.NewLine}Use a checkpoint of the {ModelConfig.Readable} kind, or correct the file.");
    }

    private static T Shape<T>(ModelShape found, string path) where T : ModelShape => found as T ?? throw new CheckpointException(
        $"{path}: describes a model of the {Words.Of(found.Architecture)} kind, expected a decoder. Use a pipeline of that architecture.");

    /// <summary>Refuses a checkpoint that is of another shape than the program was built for.</summary>
    /// <exception cref="CheckpointException">Names every number that differs, with both values.</exception>
    public void CheckShape(ModelShape planned)
    {
        var differences = ShapeComparison.Differences(planned, ReadShape());
        if (differences.Count == 0)
        {
            if (Report is { } report && ConfigKeys.Unread(Config) is { } unread) report(unread);
            return;
        }
        throw new CheckpointException($"{ConfigPath}: is not the model this program was built for:{Lines(differences)}"
            + $"{Environment.NewLine}Change the spec's `model` and build again, or point model.source at the right folder.");
    }

    /// <summary>Reads one tensor; the caller's dispose scope owns it.</summary>
    /// <exception cref="CheckpointException">As <see cref="SafetensorsFile.Read"/>.</exception>
    public Tensor Read(string name, ScalarType? dtype = null, Device? device = null) => FileOf(name).Read(name, dtype, device);

    /// <summary>As <see cref="Read"/>, and refuses NaN and infinity.</summary>
    /// <exception cref="CheckpointException">As <see cref="SafetensorsFile.ReadFinite"/>.</exception>
    public Tensor ReadFinite(string name, ScalarType? dtype = null, Device? device = null) =>
        FileOf(name).ReadFinite(name, dtype, device);

    /// <summary>Compares the tensors with those a model needs, all at once.</summary>
    /// <param name="expected">Name → shape.</param>
    /// <param name="ignorable">Names that may be there without being needed.</param>
    /// <exception cref="CheckpointException">Names a quantised tensor, or every one of another shape (with both), missing and unexpected.</exception>
    public void Check(IReadOnlyDictionary<string, long[]> expected, Func<string, bool> ignorable)
    {
        QuantisedWeights.Refuse(Folder, Tensors, expected);
        TensorCheck.Run(Folder, Tensors, expected, ignorable,
            "Use the checkpoint this program was built for, or change the spec's `model` and build again.");
    }

    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    private SafetensorsFile FileOf(string name) => _fileOf.TryGetValue(name, out var file)
        ? file
        : throw new CheckpointException($"{Folder}: has no tensor '{name}'{SafetensorsFile.Nearest(name, _fileOf.Keys)}");

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => $"{Environment.NewLine}  {line}"));
}
