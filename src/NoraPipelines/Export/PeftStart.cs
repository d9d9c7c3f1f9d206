using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>Has adapters go on from a plain LoRA in PEFT's form.</summary>
internal static class PeftStart
{
    /// <exception cref="Checkpoints.CheckpointException">As <see cref="PeftAdapter.Load"/>.</exception>
    /// <exception cref="NoraException">
    /// A module, rank or shape is not that of the adapters, or their method goes on from no LoRA; nothing has been changed.
    /// </exception>
    public static void CopyTo(string folder, AdapterSet adapters, IAdaptableModel model, Action<string>? report)
    {
        using var source = PeftAdapter.Load(folder);
        Check(source, adapters);
        PeftCompleteness.Check(source.Folder, model, source.Config.Targets, [.. source.Modules.Keys], report);
        // A folder without a head leaves the model's own.
        if (source.Saved.Count > 0) SavedModules.Apply(source.Folder, source.Saved, adapters.Modules);
        foreach (var (projection, adapter) in adapters.Items)
        {
            using var scope = NewDisposeScope();
            var module = source.Modules[projection.Path];
            adapter.GoOnFrom(module.A, module.B, module.Scale);
        }
    }

    private static void Check(PeftAdapter source, AdapterSet adapters)
    {
        var problems = new StartProblems(source.Folder);
        foreach (var (projection, adapter) in adapters.Items)
        {
            if (adapter.StartRank is not { } rank)
                problems.Add($"{projection.Path} has a {adapter.Method} adapter, which does not go on from a LoRA in PEFT's form");
            else if (!source.Modules.TryGetValue(projection.Path, out var module))
                problems.Add($"{projection.Path}: the folder has no such module");
            else if ((module.OutFeatures, module.InFeatures) != (adapter.OutFeatures, adapter.InFeatures))
                problems.Add($"{projection.Path}: the folder's is for [{module.OutFeatures}, {module.InFeatures}], the model's weight is "
                    + $"[{adapter.OutFeatures}, {adapter.InFeatures}]");
            else if (module.Rank != rank)
                problems.Add($"{projection.Path}: the folder's rank is {module.Rank}, the spec's {adapter.StartRankInWords}");
        }
        problems.AddUnplaced(source.Modules.Keys, adapters);
        problems.Throw();
    }
}
