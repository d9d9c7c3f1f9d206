using NoraPipelines.Adapters;
using NoraPipelines.Export;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>Starts LoRA adapters from a folder in PEFT's form, to go on training what somebody trained before.</summary>
public static class AdapterStart
{
    private const int MostNamed = 12;

    /// <summary>
    /// Copies the factors of every module; both sides must have the same modules and ranks. Where the folder scales otherwise than the
    /// spec (alpha / rank), B takes up the difference, so that the function is the same.
    /// </summary>
    /// <exception cref="Checkpoints.CheckpointException">The folder is missing, damaged, or no plain LoRA.</exception>
    /// <exception cref="NoraException">A module, rank or shape is not that of the adapters.</exception>
    public static InitializationReport Read(string folder, AdapterSet adapters)
    {
        using var noGradient = no_grad();
        using var source = PeftAdapter.Load(folder);
        Check(source, adapters);
        var projections = new List<ProjectionInitialization>();
        foreach (var (projection, adapter) in adapters.Items)
        {
            using var scope = NewDisposeScope();
            var module = source.Modules[projection.Path];
            var lora = (LowRankAdapter)adapter;
            lora.SetFactors(module.B * (module.Scale / lora.Scale), module.A);
            projections.Add(new(projection.Path, 0, StartSize.Relative(adapter, projection.Weight), null) { GoesOn = true });
        }
        return new InitializationReport(projections);
    }

    private static void Check(PeftAdapter source, AdapterSet adapters)
    {
        var problems = new List<string>();
        foreach (var (projection, adapter) in adapters.Items)
        {
            if (adapter is not LowRankAdapter lora)
                problems.Add($"{projection.Path} has a {adapter.Method} adapter; only lora goes on from PEFT's form");
            else if (!source.Modules.TryGetValue(projection.Path, out var module))
                problems.Add($"{projection.Path}: the folder has no such module");
            else if ((module.OutFeatures, module.InFeatures) != (lora.OutFeatures, lora.InFeatures))
                problems.Add($"{projection.Path}: the folder's is for [{module.OutFeatures}, {module.InFeatures}], the model's weight is "
                    + $"[{lora.OutFeatures}, {lora.InFeatures}]");
            else if (module.Rank != lora.Rank)
                problems.Add($"{projection.Path}: the folder's rank is {module.Rank}, the spec's is {lora.Rank}");
        }
        var placed = adapters.Items.Select(item => item.Projection.Path).ToHashSet(StringComparer.Ordinal);
        problems.AddRange(source.Modules.Keys.Where(module => !placed.Contains(module))
            .Select(module => $"{module}: the spec puts no adapter there"));
        if (problems.Count == 0) return;
        var lines = problems.Take(MostNamed).Select(problem => $"{Environment.NewLine}  {problem}");
        var more = problems.Count > MostNamed ? $"{Environment.NewLine}  and {problems.Count - MostNamed} more" : "";
        throw new NoraException($"{source.Folder}: training cannot go on from this adapter:{string.Concat(lines)}{more}{Environment.NewLine}"
            + "Give the spec the adapter's own rank, targets and layers.");
    }
}
