using NoraPipelines.Checkpoints;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>
/// A plain LoRA from a folder that PEFT, or <see cref="PeftExport"/>, wrote. Owns its tensors. r, lora_alpha, rank_pattern,
/// alpha_pattern and use_rslora are honoured; what is no plain LoRA is refused.
/// </summary>
public sealed class PeftAdapter : IDisposable
{
    private PeftAdapter(
        string folder, PeftConfig config, IReadOnlyDictionary<string, PeftModule> modules, IReadOnlyDictionary<string, Tensor> saved) =>
        (Folder, Config, Modules, Saved) = (folder, config, modules, saved);

    /// <summary>Full path.</summary>
    public string Folder { get; }

    public PeftConfig Config { get; }

    /// <summary>By the module's name in the model: model.layers.0.self_attn.q_proj.</summary>
    public IReadOnlyDictionary<string, PeftModule> Modules { get; }

    /// <summary>Values of modules that trained in full, by their names in the model: classifier.dense.weight.</summary>
    public IReadOnlyDictionary<string, Tensor> Saved { get; }

    /// <summary>Reads a folder; its tensors lie in the computer's memory.</summary>
    /// <exception cref="CheckpointException">A file is missing, damaged, pickled, not finite, or no plain LoRA.</exception>
    public static PeftAdapter Load(string folder)
    {
        var full = AdapterFolder.Open(folder, AdapterFiles.PeftConfig, "an adapter's folder, as PEFT writes it");
        if (PeftForm.Of(full) is { } own)
        {
            throw new CheckpointException($"{full}: found an adapter in PEFT's own form of {own.Method}, expected a plain LoRA. Place it on its model "
                + $"with {nameof(MethodFolder)}.{nameof(MethodFolder.Attach)}, which reads both.");
        }
        var config = PeftConfigReader.Read(CheckpointFolder.File(full, AdapterFiles.PeftConfig));
        var path = CheckpointFolder.File(full, AdapterFiles.PeftWeights);
        if (!File.Exists(path) && File.Exists(Path.Combine(full, AdapterFiles.PeftPickle)))
        {
            throw new CheckpointException($"{full}: holds only pickled weights ({AdapterFiles.PeftPickle}), expected "
                + $"{AdapterFiles.PeftWeights}. Pickles are never loaded, since they can run code; save it again with PEFT, which writes "
                + "safetensors by default.");
        }
        using var file = SafetensorsFile.Open(path);
        var modules = PeftWeights.Read(file, config);
        try
        {
            return new PeftAdapter(full, config, modules, PeftWeights.ReadSaved(file, config));
        }
        catch
        {
            foreach (var module in modules.Values) module.Dispose();
            throw;
        }
    }

    /// <summary>Loads a folder and places it on a model as LoRA adapters that can also be trained on.</summary>
    /// <returns>Owns the adapters; disposing takes them off the model.</returns>
    /// <param name="report">Told what the config has that means nothing on this model.</param>
    /// <exception cref="CheckpointException">
    /// As <see cref="Load"/>; or a module is not in the model, or of another shape, or the config means one that the file lacks.
    /// </exception>
    /// <exception cref="NoraException">A projection has an adapter already.</exception>
    public static AdapterSet Attach(IAdaptableModel model, string folder, Action<string>? report = null)
    {
        using var adapter = Load(folder);
        return adapter.AttachTo(model, report);
    }

    /// <summary>Places copies of the factors on a model, and copies saved modules into its own.</summary>
    /// <inheritdoc cref="Attach"/>
    public AdapterSet AttachTo(IAdaptableModel model, Action<string>? report = null)
    {
        AdapterPlacement.Check(Folder, model, Modules.Values.Select(module => (module.Module, module.OutFeatures, module.InFeatures)));
        PeftCompleteness.Check(Folder, model, Config.Targets, [.. Modules.Keys], report);
        SavedModules.Apply(Folder, Saved, model.TrainedModules);
        return AdapterSet.On(model, projection => Modules.TryGetValue(projection.Path, out var module) ? Adapter(module, model.Device) : null);
    }

    private LoraAdapter Adapter(PeftModule module, Device device)
    {
        var adapter = new LoraAdapter(module.OutFeatures, module.InFeatures, module.Rank, module.Scale * module.Rank, Config.Dropout, device);
        adapter.SetFactors(module.B, module.A); // of the shapes that the adapter was made for
        return adapter;
    }

    public void Dispose()
    {
        foreach (var module in Modules.Values) module.Dispose();
        foreach (var value in Saved.Values) value.Dispose();
    }
}
