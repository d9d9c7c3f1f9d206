using System.Text.Json.Nodes;
using NoraPipelines.Adapters;
using NoraPipelines.Plans;

namespace NoraPipelines.Export;

/// <summary>adapter_config.json of the methods that have a form of their own, with the keys of PEFT 0.13 (PeftConfigWriter says why).</summary>
internal static class MethodConfig
{
    private static readonly string[] Common =
        ["auto_mapping", "base_model_name_or_path", "inference_mode", "layers_pattern", "layers_to_transform", "modules_to_save", "revision", "target_modules", "task_type"];

    /// <param name="adapters">All of one method.</param>
    /// <param name="plan">What they were made from.</param>
    public static string Text(AdapterSet adapters, AdapterPlan plan, string baseModel, int? layerCount)
    {
        var keys = PeftConfigWriter.Keys([.. adapters.Items.Select(item => item.Projection)], adapters.Modules, plan.OneRank!.Value, baseModel, layerCount);
        keys["lora_dropout"] = plan.Dropout;
        return PeftConfigWriter.Text(plan switch
        {
            RsLoraPlan rslora => With(keys, ("use_rslora", true), ("lora_alpha", Number(rslora.Alpha))),
            DoraPlan dora => With(keys, ("use_dora", true), ("lora_alpha", Number(dora.Alpha))),
            VeraPlan vera => With(Only(keys, [.. Common, "bias", "fan_in_fan_out"]), ("d_initial", vera.InitialD), ("init_weights", true), ("peft_type", "VERA"),
                ("projection_prng_key", vera.ProjectionSeed), ("r", vera.Rank), ("save_projection", true), ("vera_dropout", vera.Dropout)),
            // w1 has taken up the scale: alpha = r is right for versions that scale and for those that do not.
            LokrPlan lokr => With(Only(keys, Common), ("alpha", lokr.Rank), ("alpha_pattern", new JsonObject()), ("decompose_both", false),
                ("decompose_factor", lokr.Factor ?? -1), ("init_weights", true), ("module_dropout", 0.0), ("peft_type", "LOKR"), ("r", lokr.Rank),
                ("rank_dropout", 0.0), ("rank_pattern", new JsonObject()), ("use_effective_conv2d", false)),
            _ => throw new NoraException($"{plan.Method} has no form of PEFT's own here."),
        });
    }

    /// <summary>In the order of the alphabet, as PEFT writes them.</summary>
    private static JsonObject With(JsonObject keys, params (string Key, JsonNode? Value)[] own)
    {
        foreach (var (key, value) in own) keys[key] = value;
        return Only(keys, [.. keys.Select(pair => pair.Key)]);
    }

    private static JsonObject Only(JsonObject keys, string[] names) => new(names.Order(StringComparer.Ordinal)
        .Select(name => KeyValuePair.Create(name, keys[name]?.DeepClone())));

    /// <summary>16 rather than 16.0, as in PEFT, whose alpha is an int.</summary>
    private static JsonNode Number(double value) => value == Math.Floor(value) && Math.Abs(value) < 1e9 ? (int)value : value;
}
