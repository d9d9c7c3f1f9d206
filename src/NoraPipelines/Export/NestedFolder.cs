using NoraPipelines.Checkpoints;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>
/// The nested factors themselves, for training further: outer.safetensors (frozen, the model's dtype), inner.safetensors (trained,
/// float32), nested.json, and modules.safetensors where modules train in full. Holds adapters with an outer pair (<see cref="NestedForm"/>), bit for bit.
/// </summary>
// Tensors are named path.parameter: model.layers.0.self_attn.q_proj.outer_a [r, in].
public static class NestedFolder
{
    /// <summary>Whether all of the adapters have an outer pair, so that they can be written.</summary>
    public static bool CanHold(AdapterSet adapters) => adapters.Items.All(item => item.Adapter is OuterPairAdapter);

    private static IEnumerable<string> Holders => AdapterMethods.All.Where(method => method.NestedForm is not null).Select(method => method.Name);

    /// <summary>Writes the three files; nested.json last, so that a folder that has it is whole.</summary>
    /// <exception cref="NoraException">An adapter has no outer pair.</exception>
    /// <exception cref="CheckpointException">The disk is full, or the folder cannot be written.</exception>
    public static void Write(string folder, AdapterSet adapters, string baseModel)
    {
        var nested = adapters.Items.Select(item => (item.Projection.Path, Adapter: item.Adapter as OuterPairAdapter
            ?? throw new NoraException($"{item.Projection.Path} has a {item.Adapter.Method} adapter, which has no nested factors; only "
                + $"{string.Join(" and ", Holders)} have. Export it in PEFT's form, which holds all of it."))).ToArray();
        if (nested.Length == 0) throw new NoraException("The model has no adapter, so there are no nested factors to write.");
        var full = Path.GetFullPath(folder);
        ExportFolder.Remove(full, AdapterFiles.NestedDescription);
        WriteTensors(AdapterFiles.Outer, adapter => adapter.Frozen);
        WriteTensors(AdapterFiles.Inner, adapter => adapter.Trainable);
        ExportFolder.Remove(full, AdapterFiles.Modules);
        var saved = adapters.Modules.SelectMany(module => module.Parameters).Select(tensor => KeyValuePair.Create(tensor.Name, tensor.Value)).ToArray();
        if (saved.Length > 0) SafetensorsWriter.Write(Path.Combine(full, AdapterFiles.Modules), saved, AdapterFiles.Metadata);
        var description = NestedDescription.Of(baseModel, nested);
        AtomicFile.WriteText(Path.Combine(full, AdapterFiles.NestedDescription), description.ToJson());

        void WriteTensors(string file, Func<Adapter, IReadOnlyList<Models.NamedTensor>> tensors) => SafetensorsWriter.Write(
            Path.Combine(full, file),
            from item in nested
            from tensor in tensors(item.Adapter)
            select KeyValuePair.Create($"{item.Path}.{tensor.Name}", tensor.Value),
            AdapterFiles.Metadata);
    }

    /// <summary>Places the adapters of a folder on a model.</summary>
    /// <returns>Owns the adapters; disposing takes them off the model.</returns>
    /// <exception cref="CheckpointException">
    /// A file is missing or damaged, a tensor is not as nested.json has it, or a projection is not in the model or of another shape.
    /// </exception>
    /// <exception cref="NoraException">A projection has an adapter already.</exception>
    public static AdapterSet Load(string folder, IAdaptableModel model)
    {
        var full = AdapterFolder.Open(folder, AdapterFiles.NestedDescription, "a folder of nested factors");
        var description = NestedDescription.Read(CheckpointFolder.File(full, AdapterFiles.NestedDescription));
        using var outer = SafetensorsFile.Open(CheckpointFolder.File(full, AdapterFiles.Outer));
        using var inner = SafetensorsFile.Open(CheckpointFolder.File(full, AdapterFiles.Inner));
        AdapterPlacement.Check(full, model, description.Modules.Select(module => (module.Path, module.Out, module.In)));
        Check(outer, description, module => module.OuterShapes());
        Check(inner, description, module => module.InnerShapes());

        ApplySaved(full, model.TrainedModules);
        var modules = description.Modules.ToDictionary(module => module.Path, StringComparer.Ordinal);
        return AdapterSet.On(model, projection => modules.TryGetValue(projection.Path, out var module)
            ? NestedForm.Read(module, outer, inner, model.Device)
            : null);
    }

    /// <summary>Copies the tensors of a folder into adapters of the same kind, and what it saves beside them into their modules.</summary>
    /// <exception cref="CheckpointException">A file is missing or damaged, or a tensor is not as nested.json has it.</exception>
    /// <exception cref="NoraException">A module, rank, structure or alpha is not that of the adapters.</exception>
    internal static void CopyTo(string folder, AdapterSet adapters)
    {
        var full = AdapterFolder.Open(folder, AdapterFiles.NestedDescription, "a folder of nested factors");
        var description = NestedDescription.Read(CheckpointFolder.File(full, AdapterFiles.NestedDescription));
        using var outer = SafetensorsFile.Open(CheckpointFolder.File(full, AdapterFiles.Outer));
        using var inner = SafetensorsFile.Open(CheckpointFolder.File(full, AdapterFiles.Inner));
        Check(outer, description, module => module.OuterShapes());
        Check(inner, description, module => module.InnerShapes());
        NestedComparison.Check(full, description, adapters);

        ApplySaved(full, adapters.Modules);
        using var noGradient = no_grad();
        foreach (var (projection, adapter) in adapters.Items)
        {
            using var scope = NewDisposeScope();
            NestedForm.CopyTo(adapter, projection.Path, outer, inner);
        }
    }

    private static void ApplySaved(string folder, IReadOnlyList<ITrainedModule> modules)
    {
        using var scope = NewDisposeScope();
        var path = CheckpointFolder.File(folder, AdapterFiles.Modules);
        if (!File.Exists(path) && modules.Count == 0) return;
        using var file = SafetensorsFile.Open(path);
        SavedModules.Apply(path, file.Tensors.Keys.ToDictionary(name => name, name => file.ReadFinite(name, ScalarType.Float32)), modules);
    }

    private static void Check(SafetensorsFile file, NestedDescription description, Func<NestedModule, Dictionary<string, long[]>> shapes) =>
        TensorCheck.Run(file.Path, file.Tensors.Values,
            description.Modules.SelectMany(shapes).ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal), _ => false,
            $"The files are not from one export with {AdapterFiles.NestedDescription}: export the adapter again.");
}
