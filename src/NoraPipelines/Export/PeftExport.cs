using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>
/// Writes adapters of any method as one standard LoRA that PEFT, vLLM and llama.cpp load: exactly the same function. Each adapter is
/// folded in float32 into B·A with its scale baked into B, lora_alpha = r makes the reader's own scale 1, and factors of a smaller rank
/// get rows and columns of zeros, so that one rank holds throughout.
/// </summary>
// A [rank, in], B [out, rank], float32.
public static class PeftExport
{
    /// <summary>Writes adapter_config.json and adapter_model.safetensors; the config last, so that a folder that has it is whole.</summary>
    /// <param name="baseModel">base_model_name_or_path: the folder or hub name of the model that was adapted.</param>
    /// <exception cref="NoraException">There is no adapter, or a factor is not finite.</exception>
    /// <exception cref="CheckpointException">The disk is full, or the folder cannot be written.</exception>
    public static PeftExportResult Write(string folder, AdapterSet adapters, string baseModel, PeftExportOptions? options = null)
    {
        if (adapters.Items.Count == 0)
            throw new NoraException("The model has no adapter, so there is none to export. Export the merged model instead.");
        var full = Path.GetFullPath(folder);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var folded = adapters.Items.Select(item => (item.Projection.Path, Factors: Finite(item))).ToArray();
        var rank = folded.Max(module => module.Factors.Rank);

        ExportFolder.Remove(full, AdapterFiles.PeftConfig);
        SafetensorsWriter.WriteEach(Path.Combine(full, AdapterFiles.PeftWeights), folded.SelectMany(module => new[]
        {
            Padded($"base_model.model.{module.Path}.lora_A.weight", module.Factors.A, dimension: 0, rank),
            Padded($"base_model.model.{module.Path}.lora_B.weight", module.Factors.B, dimension: 1, rank),
        }).Concat(adapters.Modules.SelectMany(Saved)), AdapterFiles.Metadata);
        var projections = adapters.Items.Select(item => item.Projection).ToArray();
        AtomicFile.WriteText(
            Path.Combine(full, AdapterFiles.PeftConfig), PeftConfigWriter.Text(projections, adapters.Modules, rank, baseModel, options?.Model));
        return new PeftExportResult(full, rank, folded.Length);
    }

    /// <summary>A module as PEFT's modules_to_save names it, without the wrapper's part of the name.</summary>
    private static IEnumerable<DeferredTensor> Saved(ITrainedModule module)
    {
        foreach (var (name, value) in module.Parameters)
        {
            if (NonFinite.Count(value) is var bad and > 0)
                throw new NoraException($"{name}: {bad} values are NaN or infinite, so it cannot be exported. Training diverged: lower the "
                    + "learning rate, or go back to an earlier checkpoint.");
            yield return new DeferredTensor($"base_model.model.{name}", ScalarType.Float32, value.shape.ToEquatableArray(), () => value.detach().cpu());
        }
    }

    private static LowRankFactors Finite(PlacedAdapter item)
    {
        using var scope = NewDisposeScope();
        using var factors = item.Adapter.Fold() ?? throw new NoraException($"{item.Projection.Path}: the change that its {item.Adapter.Method} "
            + "adapter makes has no low rank, so no plain LoRA equals it. Export the merged model instead.");
        var bad = NonFinite.Count(factors.A) + NonFinite.Count(factors.B);
        if (bad > 0)
        {
            throw new NoraException($"{item.Projection.Path}: {bad} values of its {item.Adapter.Method} adapter are NaN or infinite, so it "
                + "cannot be exported. Training diverged: lower the learning rate, or go back to an earlier checkpoint.");
        }
        return new LowRankFactors(factors.A.cpu().MoveToOuterDisposeScope(), factors.B.cpu().MoveToOuterDisposeScope());
    }

    private static DeferredTensor Padded(string name, Tensor factor, int dimension, int rank)
    {
        var shape = factor.shape;
        var missing = rank - shape[dimension];
        shape[dimension] = rank;
        return new DeferredTensor(name, ScalarType.Float32, shape.ToEquatableArray(), () =>
        {
            if (missing == 0) return factor;
            var zeroShape = shape.ToArray();
            zeroShape[dimension] = missing;
            return cat([factor, zeros(zeroShape, ScalarType.Float32)], dimension);
        });
    }
}
