using System.Globalization;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>Has adapters go on from a folder of their method's own form.</summary>
internal static class MethodStart
{
    /// <exception cref="Checkpoints.CheckpointException">As <see cref="MethodAdapter.Load"/>.</exception>
    /// <exception cref="NoraException">A module, method, rank or shape is not that of the adapters; nothing has been changed.</exception>
    public static void CopyTo(string folder, AdapterSet adapters, IAdaptableModel model, Action<string>? report)
    {
        using var noGradient = no_grad();
        using var source = MethodAdapter.Load(folder);
        Check(source, adapters);
        PeftCompleteness.Check(source.Folder, model, source.Config.Targets, source.Modules.Keys, report);
        // A folder without a head leaves the model's own.
        if (source.Saved.Count > 0) SavedModules.Apply(source.Folder, source.Saved, adapters.Modules);
        foreach (var (projection, adapter) in adapters.Items) source.Form.Set(adapter, source.Modules[projection.Path]);
        // All adapters see one memory.
        foreach (var (name, value) in adapters.Items[0].Adapter.Shared) value.copy_(source.Shared[name]);
    }

    private static void Check(MethodAdapter source, AdapterSet adapters)
    {
        var problems = new StartProblems(source.Folder);
        foreach (var (projection, adapter) in adapters.Items)
        {
            if (adapter.Method != source.Form.Method)
                problems.Add($"{projection.Path} has a {adapter.Method} adapter, the folder is of {source.Form.Method}");
            else if (!source.Modules.TryGetValue(projection.Path, out var module)) problems.Add($"{projection.Path}: the folder has no such module");
            else if (Difference(source.Form, module, adapter) is { } difference) problems.Add($"{projection.Path}: {difference}");
        }
        problems.AddUnplaced(source.Modules.Keys, adapters);
        foreach (var (name, value) in adapters.Items[0].Adapter.Shared)
        {
            if (source.Shared.TryGetValue(name, out var read) && !read.shape.SequenceEqual(value.shape))
                problems.Add($"the folder's {name} is [{string.Join(", ", read.shape)}], the spec's [{string.Join(", ", value.shape)}]");
        }
        problems.Throw();
    }

    private static string? Difference(PeftTensorForm form, PeftTensors module, Adapter adapter)
    {
        var size = form.Size(module);
        var inFeatures = size.In ?? adapter.InFeatures;
        if ((size.Out, inFeatures) != (adapter.OutFeatures, adapter.InFeatures))
            return $"the folder's is for [{size.Out}, {inFeatures}], the model's weight is [{adapter.OutFeatures}, {adapter.InFeatures}]";
        if (size.Rank == form.RankOf(adapter)) return form.Difference(module, adapter);
        var found = size.Rank?.ToString(CultureInfo.InvariantCulture) ?? "none, its second factor is whole";
        return $"the folder's rank is {found}, the spec's is {form.RankOf(adapter)}";
    }
}
