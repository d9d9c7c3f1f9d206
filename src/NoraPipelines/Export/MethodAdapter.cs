using NoraPipelines.Adapters;
using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>A DoRA, VeRA or LoKr from a folder that PEFT, or <see cref="MethodFolder"/>, wrote. Owns its tensors.</summary>
internal sealed class MethodAdapter : IDisposable
{
    private const string Prefix = "base_model.model.", PairA = "base_model.vera_A", PairB = "base_model.vera_B";

    private MethodAdapter(string folder, SafetensorsFile file, PeftConfig config)
    {
        (Folder, Config) = (folder, config);
        using var scope = NewDisposeScope();
        var names = MethodTensors.Names(config.Kind);
        var modules = new SortedDictionary<string, Dictionary<string, Tensor>>(StringComparer.Ordinal);
        foreach (var name in file.Tensors.Keys.Where(name => config.Kind != PeftKind.Vera || name is not (PairA or PairB)))
        {
            var end = Array.Find(names, end => name.EndsWith($".{end}", StringComparison.Ordinal) && name.Length > Prefix.Length + end.Length + 1);
            if (end is not null && name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                var module = name[Prefix.Length..^(end.Length + 1)];
                if (!modules.TryGetValue(module, out var tensors)) modules[module] = tensors = [];
                tensors[end] = file.ReadFinite(name, ScalarType.Float32);
            }
            else if (config.SavedModules.Any(module => name.StartsWith($"{Prefix}{module}.", StringComparison.Ordinal)))
            {
                Saved[name[Prefix.Length..]] = file.ReadFinite(name, ScalarType.Float32);
            }
            else
            {
                throw new CheckpointException($"{file.Path}: tensor '{name}' is none of {Words.Of(config.Kind)}'s, which are "
                    + $"'{Prefix}<module>.' and {string.Join(", ", names)}. Adapters with other tensors are not read: merge it with PEFT.");
            }
        }
        if (modules.Count == 0) throw new CheckpointException($"{file.Path}: holds no tensor of an adapter. Export the adapter again.");
        foreach (var (module, tensors) in modules)
        {
            var read = new MethodModule(config.Kind, module, tensors, config.ScaleOf(module));
            read.Check(file.Path, config);
            Modules[module] = read;
        }
        if (config.Kind == PeftKind.Vera) Pair = ReadPair(file, config.Rank);
        foreach (var tensor in All()) tensor.DetachFromDisposeScope();
    }

    /// <summary>Full path.</summary>
    public string Folder { get; }

    public PeftConfig Config { get; }

    public Dictionary<string, MethodModule> Modules { get; } = new(StringComparer.Ordinal);

    /// <summary>Values of modules that trained in full, by their names in the model.</summary>
    public Dictionary<string, Tensor> Saved { get; } = [];

    /// <summary>VeRA's vera_A [r, in] and vera_B [out, r].</summary>
    public (Tensor A, Tensor B)? Pair { get; }

    /// <summary>Reads a folder of one of these forms.</summary>
    /// <exception cref="CheckpointException">A file is missing, damaged, pickled, not finite, or of another form.</exception>
    public static MethodAdapter Load(string folder)
    {
        var full = AdapterFolder.Open(folder, AdapterFiles.PeftConfig, "an adapter's folder, as PEFT writes it");
        var config = PeftConfigReader.ReadAny(CheckpointFolder.File(full, AdapterFiles.PeftConfig));
        if (config.Kind == PeftKind.Lora) throw new CheckpointException($"{full}: holds a plain LoRA, expected a DoRA, VeRA or LoKr.");
        var path = CheckpointFolder.File(full, AdapterFiles.PeftWeights);
        if (!File.Exists(path) && File.Exists(Path.Combine(full, AdapterFiles.PeftPickle)))
        {
            throw new CheckpointException($"{full}: holds only pickled weights ({AdapterFiles.PeftPickle}), expected {AdapterFiles.PeftWeights}. Pickles "
                + "are never loaded, since they can run code; save it again with PEFT, which writes safetensors by default.");
        }
        using var file = SafetensorsFile.Open(path);
        return new MethodAdapter(full, file, config);
    }

    /// <summary>Places copies on a model, and copies saved modules into its own.</summary>
    /// <returns>Owns the adapters; disposing takes them off the model.</returns>
    /// <exception cref="CheckpointException">A module is not in the model, or of another shape.</exception>
    /// <exception cref="NoraException">A projection has an adapter already.</exception>
    public AdapterSet AttachTo(IAdaptableModel model)
    {
        var inFeatures = model.Projections.ToDictionary(projection => projection.Path, projection => projection.InFeatures, StringComparer.Ordinal);
        AdapterPlacement.Check(Folder, model, Modules.Values.Select(module => (module.Path, module.Out, module.In ?? inFeatures.GetValueOrDefault(module.Path))));
        SavedModules.Apply(Folder, Saved, model.TrainedModules);
        using var pair = Pair is { } shared ? new SharedProjections(shared.A, shared.B, model.Dtype, model.Device) : null;
        return AdapterSet.On(model, projection =>
            Modules.TryGetValue(projection.Path, out var module) ? module.Adapter(projection, Config, pair, model.Device) : null);
    }

    public void Dispose()
    {
        foreach (var tensor in All()) tensor.Dispose();
    }

    private static (Tensor A, Tensor B) ReadPair(SafetensorsFile file, int rank)
    {
        if (file.Tensors.TryGetValue(PairA, out var a) && file.Tensors.TryGetValue(PairB, out var b)
            && a.Shape.Count == 2 && b.Shape.Count == 2 && a.Shape[0] == rank && b.Shape[1] == rank)
        {
            return (file.ReadFinite(PairA, ScalarType.Float32), file.ReadFinite(PairB, ScalarType.Float32));
        }
        throw new CheckpointException($"{file.Path}: has no {PairA} [{rank}, in] and {PairB} [out, {rank}], which VeRA's vectors belong to. Save the adapter "
            + "again with save_projection=True.");
    }

    private IEnumerable<Tensor> All() =>
        Modules.Values.SelectMany(module => module.Tensors.Values).Concat(Saved.Values).Concat(Pair is { } pair ? [pair.A, pair.B] : []);
}
