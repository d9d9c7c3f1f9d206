using System.Text.Json;
using System.Text.Json.Nodes;
using NoraPipelines.Models;

namespace NoraPipelines.Export;

/// <summary>
/// Writes adapter_config.json. The keys are those of PEFT 0.13's LoraConfig: later versions give newer keys their defaults, but versions
/// before 0.15 refuse keys they do not know.
/// </summary>
internal static class PeftConfigWriter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="modules">Trained in full and saved beside the factors: a classifier's head.</param>
    public static string Text(
        IReadOnlyList<LinearProjection> projections, IReadOnlyList<ITrainedModule> modules, int rank, string baseModel, IAdaptableModel? model) =>
        Text(Keys(projections, modules, rank, baseModel, model));

    /// <summary>Keys of a LoRA that every form has.</summary>
    public static IReadOnlyList<string> Common { get; } =
    [
        "auto_mapping", "base_model_name_or_path", "inference_mode", "layers_pattern", "layers_to_transform", "modules_to_save", "revision",
        "target_modules", "task_type",
    ];

    /// <summary>The keys with others set; in the order of the alphabet, as PEFT writes them.</summary>
    public static JsonObject With(JsonObject keys, params (string Key, JsonNode? Value)[] own)
    {
        foreach (var (key, value) in own) keys[key] = value;
        return Only(keys, [.. keys.Select(pair => pair.Key)]);
    }

    /// <summary>Copies of some of the keys, in the order of the alphabet.</summary>
    public static JsonObject Only(JsonObject keys, IEnumerable<string> names) => new(names.Order(StringComparer.Ordinal)
        .Select(name => KeyValuePair.Create(name, keys[name]?.DeepClone())));

    /// <summary>16 rather than 16.0, as in PEFT, whose alpha is an int.</summary>
    public static JsonNode Number(double value) => value == Math.Floor(value) && Math.Abs(value) < 1e9 ? (int)value : value;

    public static string Text(JsonObject config) => config.ToJsonString(Indented) + "\n";

    /// <summary>The keys of a plain LoRA, for methods that add theirs.</summary>
    public static JsonObject Keys(
        IReadOnlyList<LinearProjection> projections, IReadOnlyList<ITrainedModule> modules, int rank, string baseModel, IAdaptableModel? model)
    {
        var (targets, layers) = Targets(projections, model);
        return new JsonObject
        {
            ["alpha_pattern"] = new JsonObject(),
            ["auto_mapping"] = null,
            ["base_model_name_or_path"] = baseModel,
            ["bias"] = "none",
            ["fan_in_fan_out"] = false,
            ["inference_mode"] = true,
            ["init_lora_weights"] = true,
            ["layer_replication"] = null,
            ["layers_pattern"] = null,
            ["layers_to_transform"] = layers is null ? null : new JsonArray([.. layers.Select(layer => JsonValue.Create(layer))]),
            ["loftq_config"] = new JsonObject(),
            ["lora_alpha"] = rank,
            ["lora_dropout"] = 0.0,
            ["megatron_config"] = null,
            ["megatron_core"] = "megatron.core",
            ["modules_to_save"] = modules.Count == 0 ? null : new JsonArray([.. modules.Select(module => JsonValue.Create(module.Path))]),
            ["peft_type"] = "LORA",
            ["r"] = rank,
            ["rank_pattern"] = new JsonObject(),
            ["revision"] = null,
            ["target_modules"] = new JsonArray([.. targets.Select(target => JsonValue.Create(target))]),
            ["task_type"] = modules.Count > 0 ? "SEQ_CLS" : model is null or ICausalModel ? "CAUSAL_LM" : null,
            ["use_dora"] = false,
            ["use_rslora"] = false,
        };
    }

    /// <summary>
    /// Names, and layers where not all are adapted, if PEFT takes them for the adapted projections and no other of the model; otherwise the full
    /// path of every projection, which PEFT matches as a whole.
    /// </summary>
    private static (IReadOnlyList<string> Targets, IReadOnlyList<int>? Layers) Targets(IReadOnlyList<LinearProjection> projections, IAdaptableModel? model)
    {
        string[] names = [.. projections.Select(projection => projection.Name).Distinct()];
        int[] layers = [.. projections.Select(projection => projection.Layer).Distinct().Order()];
        LinearProjection[] named = [.. model?.Projections.Where(projection => names.Any(name => projection.Path.EndsWith($".{name}", StringComparison.Ordinal))) ?? []];
        if (named.Length == projections.Count) return (names, null);
        if (named.Count(projection => layers.Contains(projection.Layer)) == projections.Count) return (names, layers);
        return ([.. projections.Select(projection => projection.Path)], null);
    }
}
