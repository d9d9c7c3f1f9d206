using NoraPipelines.Adapters;
using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>
/// Adapters in PEFT's own form of their method: DoRA (use_dora, lora_magnitude_vector), VeRA (vera_lambda_b and _d of each projection, and the pair
/// that they share, so that nobody has to draw it), LoKr (lokr_w1, lokr_w2_a, lokr_w2_b, the scale inside w1), rsLoRA (use_rslora).
/// </summary>
public static class MethodFolder
{
    private const string Prefix = "base_model.model.";

    /// <summary>Whether adapters of a plan are exported in this form instead of as a plain LoRA: it equals none, or one of a much higher rank.</summary>
    public static bool Replaces(AdapterPlan plan) => plan is DoraPlan or VeraPlan or LokrPlan;

    /// <summary>Writes adapter_config.json and adapter_model.safetensors; the config last, so that a folder that has it is whole.</summary>
    /// <param name="adapters">All of the plan's method.</param>
    /// <param name="plan">DoRA, VeRA, LoKr or rsLoRA.</param>
    /// <param name="baseModel">base_model_name_or_path.</param>
    /// <param name="layerCount">Layers of the model; null: unknown, and the layers are always listed.</param>
    /// <exception cref="NoraException">There is no adapter, one is of another method, or a value is not finite.</exception>
    /// <exception cref="CheckpointException">The disk is full, or the folder cannot be written.</exception>
    public static PeftExportResult Write(string folder, AdapterSet adapters, AdapterPlan plan, string baseModel, int? layerCount = null)
    {
        if (adapters.Items.Count == 0) throw new NoraException("The model has no adapter, so there is none to export. Export the merged model instead.");
        if (adapters.Items.FirstOrDefault(item => item.Adapter.Method != plan.Method) is { } other)
            throw new NoraException($"{other.Projection.Path} has a {other.Adapter.Method} adapter; this form is of {plan.Method}.");
        var full = Path.GetFullPath(folder);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var config = MethodConfig.Text(adapters, plan, baseModel, layerCount);
        KeyValuePair<string, Tensor>[] tensors =
        [
            .. from item in adapters.Items
               from tensor in MethodTensors.Of(item.Adapter)
               select KeyValuePair.Create($"{Prefix}{item.Projection.Path}.{tensor.Key}", tensor.Value.detach()),
            .. adapters.Items[0].Adapter.Shared.Select(tensor => KeyValuePair.Create($"base_model.{tensor.Name}", tensor.Value.to(ScalarType.Float32))),
            .. from module in adapters.Modules
               from tensor in module.Parameters
               select KeyValuePair.Create($"{Prefix}{tensor.Name}", tensor.Value.detach().to(ScalarType.Float32)),
        ];
        foreach (var (name, value) in tensors)
        {
            if (NonFinite.Count(value) is var bad and > 0)
                throw new NoraException($"{name}: {bad} values are NaN or infinite, so it cannot be exported. Training diverged: lower the learning "
                    + "rate, or go back to an earlier checkpoint.");
        }
        ExportFolder.Remove(full, AdapterFiles.PeftConfig);
        SafetensorsWriter.Write(Path.Combine(full, AdapterFiles.PeftWeights), tensors, AdapterFiles.Metadata);
        AtomicFile.WriteText(Path.Combine(full, AdapterFiles.PeftConfig), config);
        return new PeftExportResult(full, plan.OneRank!.Value, adapters.Items.Count);
    }

    /// <summary>Loads a folder that PEFT wrote, of LoRA, DoRA, VeRA, LoKr or AdaLoRA, and places it on a model.</summary>
    /// <returns>Owns the adapters; disposing takes them off the model.</returns>
    /// <exception cref="CheckpointException">A file is missing, damaged or of something else; or a module is not in the model, or of another shape.</exception>
    /// <exception cref="NoraException">A projection has an adapter already.</exception>
    public static AdapterSet Attach(IAdaptableModel model, string folder)
    {
        var full = AdapterFolder.Open(folder, AdapterFiles.PeftConfig, "an adapter's folder, as PEFT writes it");
        if (AdaLoraFolder.IsOne(full)) return AdaLoraFolder.Load(full, model);
        if (KindOf(full) == PeftKind.Lora) return PeftAdapter.Attach(model, full);
        using var adapter = MethodAdapter.Load(full);
        return adapter.AttachTo(model);
    }

    /// <summary>Copies a folder's values into adapters of its method, and its saved modules into theirs.</summary>
    /// <exception cref="CheckpointException">As <see cref="Attach"/>.</exception>
    /// <exception cref="NoraException">A module, method, rank or shape is not that of the adapters; nothing has been changed.</exception>
    internal static void CopyTo(string folder, AdapterSet adapters)
    {
        using var noGradient = no_grad();
        using var source = MethodAdapter.Load(folder);
        MethodComparison.Check(source, adapters);
        // A folder without a head leaves the model's own.
        if (source.Saved.Count > 0) SavedModules.Apply(source.Folder, source.Saved, adapters.Modules);
        foreach (var (projection, adapter) in adapters.Items)
        {
            var module = source.Modules[projection.Path];
            MethodTensors.Set(adapter, module.Tensors, module.Scale);
        }
        if (source.Pair is not { } pair) return;
        // All adapters see one memory.
        var shared = adapters.Items[0].Adapter.Shared;
        shared[0].Value.copy_(pair.A);
        shared[1].Value.copy_(pair.B);
    }

    /// <summary>The form of a folder; Lora for what is none of the others.</summary>
    internal static PeftKind KindOf(string folder)
    {
        var config = JsonFile.Read(CheckpointFolder.File(folder, AdapterFiles.PeftConfig));
        return PeftConfigReader.KindOf(config);
    }
}
