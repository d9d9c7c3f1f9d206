using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>
/// Writes the whole model with its adapters folded into the weights, as a Hugging Face folder: W + ΔW is added in float32 and then cast,
/// one tensor at a time. The model itself is not changed.
/// </summary>
public static class MergedExport
{
    // Marks a folder that an export may replace.
    internal const string MarkKey = "producer";
    internal const string Mark = "NoraPipelines merged export";

    /// <summary>Writes weights, config.json, and the tokenizer's files; config.json last, so that a folder that has it is whole.</summary>
    /// <param name="adapters">On this model; null: the model as it is, after full training.</param>
    /// <param name="source">The checkpoint it came from; its config.json and tokenizer are copied. Null: the model began at random.</param>
    /// <param name="dtype">Of the written weights.</param>
    /// <exception cref="CheckpointException">
    /// The folder holds another model, the disk is full, or a merged weight is not finite in <paramref name="dtype"/>.
    /// </exception>
    public static void Write(
        string folder, IAdaptableModel model, AdapterSet? adapters, HuggingFaceCheckpoint? source, ScalarType dtype,
        MergedExportOptions? options = null)
    {
        options ??= new MergedExportOptions();
        var full = Path.GetFullPath(folder);
        string[] companions = [.. MergedFolder.Companions(source, options.TokenizerFiles)];
        MergedFolder.Prepare(full, source, companions);
        var shards = ShardPlan.Of(Tensors(model, adapters, dtype), options.ShardBytes);
        var metadata = new Dictionary<string, string>(AdapterFiles.Metadata) { [MarkKey] = Mark };
        foreach (var shard in shards) SafetensorsWriter.WriteEach(Path.Combine(full, shard.File), shard.Tensors, metadata);
        if (shards.Count > 1) AtomicFile.WriteText(Path.Combine(full, ShardIndex.FileName), ShardPlan.Index(shards));

        foreach (var file in companions) ExportFolder.CopyInto(full, file);
        AtomicFile.WriteText(Path.Combine(full, "config.json"), MergedConfig.Text(model, source, dtype, options.Classes));
    }

    private static IEnumerable<DeferredTensor> Tensors(IAdaptableModel model, AdapterSet? adapters, ScalarType dtype)
    {
        var adapted = (adapters?.Items ?? []).ToDictionary(item => $"{item.Projection.Path}.weight", item => item.Adapter);
        foreach (var (name, value) in model.Parameters)
        {
            var adapter = adapted.GetValueOrDefault(name);
            yield return new DeferredTensor(name, dtype, value.shape.ToEquatableArray(), () => Merged(name, value, adapter, dtype));
        }
    }

    private static Tensor Merged(string name, Tensor weight, Adapter? adapter, ScalarType dtype)
    {
        using var noGradient = no_grad();
        var merged = adapter is null ? weight.to(dtype) : (weight.to(ScalarType.Float32) + adapter.Delta()).to(dtype);
        var bad = NonFinite.Count(merged);
        if (bad == 0) return merged;
        throw new CheckpointException($"{name}: {bad} values of the merged weight are not finite in {SafetensorsDtype.Word(dtype)}. "
            + "Training diverged, or the dtype is too narrow: export as bfloat16 or float32.");
    }
}
