using NoraPipelines.Checkpoints;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>
/// Folders that PEFT wrote, of whatever method, and adapters written in the own form of theirs, where it has one (<see cref="AdapterMethods"/>;
/// each method's folder says what its form holds).
/// </summary>
public static class MethodFolder
{
    private const string Prefix = "base_model.model.";

    /// <summary>Writes adapter_config.json and adapter_model.safetensors; the config last, so that a folder that has it is whole.</summary>
    /// <param name="adapters">All of the plan's method.</param>
    /// <param name="plan">Of a method that has such a form.</param>
    /// <param name="baseModel">base_model_name_or_path.</param>
    /// <param name="model">The adapted model; null: unknown, and every module is named in full (<see cref="PeftExportOptions.Model"/>).</param>
    /// <param name="steps">Of the training; null: not known.</param>
    /// <exception cref="NoraException">There is no adapter, one is of another method, the method has no form, or a value is not finite.</exception>
    /// <exception cref="CheckpointException">The disk is full, or the folder cannot be written.</exception>
    public static PeftExportResult Write(string folder, AdapterSet adapters, AdapterPlan plan, string baseModel, IAdaptableModel? model = null, int? steps = null)
    {
        if (adapters.Items.Count == 0) throw new NoraException("The model has no adapter, so there is none to export. Export the merged model instead.");
        if (adapters.Items.FirstOrDefault(item => item.Adapter.Method != plan.Method) is { } other)
            throw new NoraException($"{other.Projection.Path} has a {other.Adapter.Method} adapter; this form is of {plan.Method}.");
        var form = AdapterMethods.Of(plan.Method).PeftForm
            ?? throw new NoraException($"{plan.Method} has no form of PEFT's own; export it as a plain LoRA, or merge it.");
        var full = Path.GetFullPath(folder);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var rank = plan.OneRank ?? throw new NoraException($"The plan of {plan.Method} has no rank, which adapter_config.json needs.");
        var keys = PeftConfigWriter.Keys([.. adapters.Items.Select(item => item.Projection)], adapters.Modules, rank, baseModel, model);
        keys["lora_dropout"] = plan.Dropout;
        var config = PeftConfigWriter.Text(form.Config(keys, new PeftWriting(plan, adapters, steps)));
        KeyValuePair<string, Tensor>[] tensors =
        [
            .. from item in adapters.Items
               from tensor in form.Tensors(item.Adapter)
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
        return new PeftExportResult(full, rank, adapters.Items.Count);
    }

    /// <summary>Loads a folder that PEFT wrote, a plain LoRA or a form of some method's own, and places it on a model.</summary>
    /// <param name="report">Told what the config has that means nothing on this model.</param>
    /// <returns>Owns the adapters; disposing takes them off the model.</returns>
    /// <exception cref="CheckpointException">
    /// A file is missing, damaged or of something else; a module is not in the model, or of another shape; or the config means one that the file
    /// lacks.
    /// </exception>
    /// <exception cref="NoraException">A projection has an adapter already.</exception>
    public static AdapterSet Attach(IAdaptableModel model, string folder, Action<string>? report = null)
    {
        var full = AdapterFolder.Open(folder, AdapterFiles.PeftConfig, "an adapter's folder, as PEFT writes it");
        return PeftForm.Of(full) is { } form ? form.Attach(full, model, report) : PeftAdapter.Attach(model, full, report);
    }
}
