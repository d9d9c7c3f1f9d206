using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>An adapter in its method's own form, from a folder that PEFT, or <see cref="MethodFolder"/>, wrote. Owns its tensors.</summary>
internal sealed class MethodAdapter : IDisposable
{
    private const string Prefix = "base_model.model.", SharedPrefix = "base_model.";
    private IDisposable? _made;

    private MethodAdapter(string folder, SafetensorsFile file, PeftConfig config, PeftTensorForm form)
    {
        (Folder, Config, Form) = (folder, config, form);
        using var scope = NewDisposeScope();
        var shared = form.SharedNames.Select(name => SharedPrefix + name).ToHashSet(StringComparer.Ordinal);
        var modules = new SortedDictionary<string, Dictionary<string, Tensor>>(StringComparer.Ordinal);
        foreach (var name in file.Tensors.Keys.Where(name => !shared.Contains(name)))
        {
            var end = form.Names.Concat(form.OtherNames.Keys).FirstOrDefault(
                end => name.EndsWith($".{end}", StringComparison.Ordinal) && name.Length > Prefix.Length + end.Length + 1);
            if (end is not null && name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                var module = name[Prefix.Length..^(end.Length + 1)];
                if (!modules.TryGetValue(module, out var tensors)) modules[module] = tensors = [];
                var tensor = file.ReadFinite(name, ScalarType.Float32);
                if (!tensors.TryAdd(form.OtherNames.GetValueOrDefault(end, end), tensor))
                    throw new CheckpointException($"{file.Path}: holds '{name}' under another name too; expected it once. Export the adapter again.");
            }
            else if (config.SavedModules.Any(module => name.StartsWith($"{Prefix}{module}.", StringComparison.Ordinal)))
            {
                Saved[name[Prefix.Length..]] = file.ReadFinite(name, ScalarType.Float32);
            }
            else
            {
                throw new CheckpointException($"{file.Path}: tensor '{name}' is none of {form.Method}'s, which are "
                    + $"'{Prefix}<module>.' and {string.Join(", ", form.Names)}. Adapters with other tensors are not read: merge it with PEFT.");
            }
        }
        if (modules.Count == 0) throw new CheckpointException($"{file.Path}: holds no tensor of an adapter. Export the adapter again.");
        foreach (var (module, tensors) in modules)
        {
            var read = new PeftTensors(module, tensors, config.ScaleOf(module));
            Check(file.Path, read);
            Modules[module] = read;
        }
        config.CheckPatterns(file.Path, Modules.Keys);
        Shared = form.ReadShared(file, config);
        foreach (var tensor in All()) tensor.DetachFromDisposeScope();
    }

    /// <summary>Full path.</summary>
    public string Folder { get; }

    public PeftConfig Config { get; }

    public PeftTensorForm Form { get; }

    public Dictionary<string, PeftTensors> Modules { get; } = new(StringComparer.Ordinal);

    /// <summary>Values of modules that trained in full, by their names in the model.</summary>
    public Dictionary<string, Tensor> Saved { get; } = [];

    /// <summary>What all projections have in common, by <see cref="PeftTensorForm.SharedNames"/>.</summary>
    public IReadOnlyDictionary<string, Tensor> Shared { get; }

    /// <summary>Reads a folder of one of these forms.</summary>
    /// <exception cref="CheckpointException">A file is missing, damaged, pickled, not finite, or of another form.</exception>
    public static MethodAdapter Load(string folder)
    {
        var full = AdapterFolder.Open(folder, AdapterFiles.PeftConfig, "an adapter's folder, as PEFT writes it");
        var (config, form) = PeftConfigReader.ReadOwn(CheckpointFolder.File(full, AdapterFiles.PeftConfig));
        var path = CheckpointFolder.File(full, AdapterFiles.PeftWeights);
        if (!File.Exists(path) && File.Exists(Path.Combine(full, AdapterFiles.PeftPickle)))
        {
            throw new CheckpointException($"{full}: holds only pickled weights ({AdapterFiles.PeftPickle}), expected {AdapterFiles.PeftWeights}. Pickles "
                + "are never loaded, since they can run code; save it again with PEFT, which writes safetensors by default.");
        }
        using var file = SafetensorsFile.Open(path);
        return new MethodAdapter(full, file, config, form);
    }

    /// <summary>Places copies on a model, and copies saved modules into its own.</summary>
    /// <param name="report">Told what the config has that means nothing on this model.</param>
    /// <returns>Owns the adapters; disposing takes them off the model.</returns>
    /// <exception cref="CheckpointException">
    /// A module is not in the model, or of another shape, or the config means one that the file lacks.
    /// </exception>
    /// <exception cref="NoraException">A projection has an adapter already.</exception>
    public AdapterSet AttachTo(IAdaptableModel model, Action<string>? report)
    {
        var inFeatures = model.Projections.ToDictionary(projection => projection.Path, projection => projection.InFeatures, StringComparer.Ordinal);
        AdapterPlacement.Check(Folder, model, from module in Modules.Values
                                              let size = Form.Size(module)
                                              select (module.Path, size.Out, size.In ?? inFeatures.GetValueOrDefault(module.Path)));
        PeftCompleteness.Check(Folder, model, Config.Targets, Modules.Keys, report);
        SavedModules.Apply(Folder, Saved, model.TrainedModules);
        return AdapterSet.On(model, projection => Modules.ContainsKey(projection.Path) ? Make(projection) : null);
    }

    /// <summary>The adapter of a projection that is among <see cref="Modules"/>; whoever asked owns it.</summary>
    public Adapter Make(LinearProjection projection) => Form.Make(projection, Modules[projection.Path], this);

    /// <summary>Something that all adapters are made with: made once, and disposed with this.</summary>
    public T Once<T>(Func<T> make) where T : class, IDisposable => (T)(_made ??= make());

    public void Dispose()
    {
        _made?.Dispose();
        foreach (var tensor in All()) tensor.Dispose();
    }

    /// <exception cref="CheckpointException">Tensors of a module are missing, or do not fit together or to the config.</exception>
    private void Check(string path, PeftTensors module)
    {
        var rank = Config.RankOf(module.Path);
        if (!Form.Fits(module, rank))
        {
            var found = string.Join(", ", module.All.Select(tensor => $"{tensor.Key} [{string.Join(", ", tensor.Value.shape)}]"));
            throw new CheckpointException($"{path}: module '{module.Path}' has {found}; expected {Form.Method}'s tensors of rank {rank}, as "
                + $"{AdapterFiles.PeftConfig} has it. The file is incomplete, or the two files are not from one adapter.");
        }
        if (Config.Targets.Contains(module.Path)) return;
        throw new CheckpointException($"{path}: holds module '{module.Path}', which target_modules, layers_to_transform and exclude_modules of "
            + $"{AdapterFiles.PeftConfig} leave out; PEFT would pass it over. The two files are not from one adapter.");
    }

    private IEnumerable<Tensor> All() =>
        Modules.Values.SelectMany(module => module.All.Values).Concat(Saved.Values).Concat(Shared.Values);
}
