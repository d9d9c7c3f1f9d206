using NoraPipelines.Adapters;
using NoraPipelines.Export;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>
/// Starts adapters from a folder, to go on training what somebody trained before: LoRA and its kin from PEFT's form of it, DoRA, VeRA and LoKr
/// from PEFT's form of theirs, adapters around an outer pair (nora, lora_xs) from nested factors. What trains beside them, a classifier's head,
/// comes along.
/// </summary>
public static class AdapterStart
{
    /// <summary>
    /// Copies the tensors of every module; both sides must have the same modules and ranks. Where a LoRA folder scales otherwise than the
    /// spec (alpha / rank, or rsLoRA), B takes up the difference, so that the function is the same.
    /// </summary>
    /// <param name="folder">In PEFT's form, of nested factors, or a run's, which holds both.</param>
    /// <exception cref="Checkpoints.CheckpointException">The folder is missing, damaged, or of neither form.</exception>
    /// <exception cref="NoraException">A module, rank, structure or shape is not that of the adapters.</exception>
    public static InitializationReport Read(string folder, AdapterSet adapters)
    {
        using var noGradient = no_grad();
        var isNested = adapters.Items.All(item => item.Adapter is OuterPairAdapter);
        var source = Folder(folder, isNested);
        if (isNested) NestedFolder.CopyTo(source, adapters);
        else if (adapters.Items.All(item => item.Adapter is WeightDecomposedAdapter or VectorAdapter or KroneckerAdapter)) MethodFolder.CopyTo(source, adapters);
        else ReadLora(source, adapters);
        return new InitializationReport([.. adapters.Items.Select(item =>
            new ProjectionInitialization(item.Projection.Path, 0, StartSize.Relative(item.Adapter, item.Projection.Weight), null)
            {
                GoesOn = true,
            })]);
    }

    private static void ReadLora(string folder, AdapterSet adapters)
    {
        using var source = PeftAdapter.Load(folder);
        Check(source, adapters);
        // A folder without a head leaves the model's own.
        if (source.Saved.Count > 0) SavedModules.Apply(source.Folder, source.Saved, adapters.Modules);
        foreach (var (projection, adapter) in adapters.Items)
        {
            using var scope = NewDisposeScope();
            var module = source.Modules[projection.Path];
            if (adapter is LowRankAdapter lora)
            {
                lora.SetFactors(module.B * (module.Scale / lora.Scale), module.A);
                continue;
            }
            if (adapter is DynamicRankAdapter dylora)
            {
                dylora.SetFactors(module.B * (module.Scale / dylora.Scale), module.A); // at its full rank it is a LoRA
                continue;
            }
            // PEFT's conversion: [A; A₀] and [B, −B₀].
            var pissa = (PrincipalAdapter)adapter;
            var b = module.B * (module.Scale / pissa.Scale); // [out, 2r]
            pissa.SetStart(-b[.., pissa.Rank..], module.A[pissa.Rank..]);
            pissa.SetFactors(b[.., ..pissa.Rank], module.A[..pissa.Rank]);
        }
    }

    /// <summary>The rank that a folder has for an adapter; null for a method that does not go on from a LoRA.</summary>
    private static int? FolderRank(Adapter adapter) => adapter switch
    {
        LowRankAdapter lora => lora.Rank,
        DynamicRankAdapter dylora => dylora.Rank,
        PrincipalAdapter pissa => 2 * pissa.Rank,
        _ => null,
    };

    /// <summary>The folder in the form that the method goes on from; a run has both.</summary>
    private static string Folder(string folder, bool isNested)
    {
        var wanted = isNested ? AdapterFiles.NestedDescription : AdapterFiles.PeftConfig;
        var other = isNested ? AdapterFiles.PeftConfig : AdapterFiles.NestedDescription;
        var inRun = Path.Combine(folder, isNested ? "nested" : "adapter");
        if (!File.Exists(Path.Combine(folder, wanted)) && File.Exists(Path.Combine(inRun, wanted))) return inRun;
        if (File.Exists(Path.Combine(folder, wanted)) || !File.Exists(Path.Combine(folder, other))) return folder;
        throw new NoraException(isNested
            ? $"{folder}: holds an adapter in PEFT's form, which has no nested factors, and the spec's method goes on from those. Name a run's "
                + "folder 'nested', or go on with method: lora."
            : $"{folder}: holds nested factors, and the spec's method goes on from PEFT's form. Name a run's folder 'adapter', or go on with the "
                + "method that made them.");
    }

    private static void Check(PeftAdapter source, AdapterSet adapters)
    {
        var problems = new StartProblems(source.Folder);
        foreach (var (projection, adapter) in adapters.Items)
        {
            if (FolderRank(adapter) is not { } rank)
                problems.Add($"{projection.Path} has a {adapter.Method} adapter, which does not go on from a LoRA in PEFT's form");
            else if (!source.Modules.TryGetValue(projection.Path, out var module))
                problems.Add($"{projection.Path}: the folder has no such module");
            else if ((module.OutFeatures, module.InFeatures) != (adapter.OutFeatures, adapter.InFeatures))
                problems.Add($"{projection.Path}: the folder's is for [{module.OutFeatures}, {module.InFeatures}], the model's weight is "
                    + $"[{adapter.OutFeatures}, {adapter.InFeatures}]");
            else if (module.Rank != rank)
                problems.Add($"{projection.Path}: the folder's rank is {module.Rank}, the spec's {(adapter is PrincipalAdapter ? "needs twice its own, " : "is ")}{rank}");
        }
        problems.AddUnplaced(source.Modules.Keys, adapters);
        problems.Throw();
    }
}
