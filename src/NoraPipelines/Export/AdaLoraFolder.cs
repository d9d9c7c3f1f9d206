using System.Text.Json;
using System.Text.Json.Nodes;
using NoraPipelines.Adapters;
using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>
/// AdaLoRA in PEFT's own form: adapter_config.json with peft_type ADALORA and the rank_pattern of kept triples, adapter_model.safetensors with
/// the kept rows alone. PEFT scales by alpha / init_r whatever is kept, and so is a folder read here.
/// </summary>
// lora_A [kept, in], lora_E [kept, 1], lora_B [out, kept], float32.
public static class AdaLoraFolder
{
    private const string Type = "ADALORA";

    /// <summary>Whether a folder's adapter_config.json is of AdaLoRA.</summary>
    /// <exception cref="CheckpointException">The file is malformed.</exception>
    public static bool IsOne(string folder) =>
        JsonFile.Read(CheckpointFolder.File(folder, AdapterFiles.PeftConfig)).TryGetProperty("peft_type", out var type)
        && type.ValueKind == JsonValueKind.String && type.GetString() == Type;

    /// <summary>Writes both files; the config last, so that a folder that has it is whole.</summary>
    /// <param name="steps">Of the training.</param>
    /// <param name="layerCount">Layers of the model.</param>
    /// <exception cref="NoraException">An adapter is of another method, or a value is not finite.</exception>
    /// <exception cref="CheckpointException">The disk is full, or the folder cannot be written.</exception>
    public static void Write(string folder, AdapterSet adapters, string baseModel, AdaLoraPlan plan, int steps, int? layerCount)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var full = Path.GetFullPath(folder);
        var placed = adapters.Items.Select(item => (item.Projection.Path, Adapter: item.Adapter as AdaptiveRankAdapter
            ?? throw new NoraException($"{item.Projection.Path} has a {item.Adapter.Method} adapter; this form is of adalora."))).ToArray();
        ExportFolder.Remove(full, AdapterFiles.PeftConfig);
        SafetensorsWriter.Write(
            Path.Combine(full, AdapterFiles.PeftWeights), placed.SelectMany(item => Tensors(item.Path, item.Adapter)).Concat(Saved(adapters)), AdapterFiles.Metadata);
        var config = PeftConfigWriter.Keys([.. adapters.Items.Select(item => item.Projection)], adapters.Modules, plan.Rank, baseModel, layerCount);
        config["peft_type"] = Type;
        config["r"] = 8; // PEFT's default, which AdaLoRA does not read
        config["init_r"] = plan.Rank;
        config["target_r"] = plan.TargetRank;
        config["lora_alpha"] = plan.Alpha;
        config["lora_dropout"] = plan.Dropout;
        config["tinit"] = plan.InitialSteps;
        config["tfinal"] = plan.FinalSteps;
        config["deltaT"] = plan.EverySteps;
        config["total_step"] = steps;
        config["beta1"] = plan.ImportanceDecay;
        config["beta2"] = plan.UncertaintyDecay;
        config["orth_reg_weight"] = plan.OrthogonalWeight;
        config["rank_pattern"] = new JsonObject(placed.Select(item => KeyValuePair.Create(
            $"{item.Path}.lora_E", (JsonNode?)new JsonArray([.. item.Adapter.Kept().Select(kept => JsonValue.Create(kept))]))));
        AtomicFile.WriteText(Path.Combine(full, AdapterFiles.PeftConfig), PeftConfigWriter.Text(config));
    }

    /// <summary>Loads a folder and places it on a model.</summary>
    /// <returns>Owns the adapters; disposing takes them off the model.</returns>
    /// <exception cref="CheckpointException">A file is missing, damaged or of something else; or a module is not in the model, or of another shape.</exception>
    /// <exception cref="NoraException">A projection has an adapter already.</exception>
    public static AdapterSet Load(string folder, IAdaptableModel model)
    {
        var full = AdapterFolder.Open(folder, AdapterFiles.PeftConfig, "an adapter's folder, as PEFT writes it");
        var config = AdaLoraConfig.Read(CheckpointFolder.File(full, AdapterFiles.PeftConfig));
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(CheckpointFolder.File(full, AdapterFiles.PeftWeights));
        var modules = AdaLoraModule.Read(file, config);
        AdapterPlacement.Check(full, model, modules.Values.Select(module => (module.Path, module.Out, module.In)));
        SavedModules.Apply(full, AdaLoraModule.ReadSaved(file, modules.Keys), model.TrainedModules);
        return AdapterSet.On(model, projection => modules.TryGetValue(projection.Path, out var module) ? module.Adapter(file, config, model.Device) : null);
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Tensors(string path, AdaptiveRankAdapter adapter)
    {
        long[] kept = [.. adapter.Kept().Index().Where(triple => triple.Item).Select(triple => (long)triple.Index)];
        var index = tensor(kept, ScalarType.Int64, device: adapter.E.device);
        (string Name, Tensor Value)[] tensors =
        [
            ("lora_A", adapter.Q.detach().index_select(0, index)), ("lora_E", adapter.E.detach().index_select(0, index)),
            ("lora_B", adapter.P.detach().index_select(1, index)),
        ];
        foreach (var (name, value) in tensors)
        {
            if (NonFinite.Count(value) is var bad and > 0)
                throw new NoraException($"{path}: {bad} values of its adalora adapter are NaN or infinite, so it cannot be exported. Training "
                    + "diverged: lower the learning rate, or go back to an earlier checkpoint.");
            yield return KeyValuePair.Create($"base_model.model.{path}.{name}", value);
        }
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Saved(AdapterSet adapters) =>
        adapters.Modules.SelectMany(module => module.Parameters).Select(parameter => KeyValuePair.Create($"base_model.model.{parameter.Name}", parameter.Value));
}
