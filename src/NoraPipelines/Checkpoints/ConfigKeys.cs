using System.Text.Json;
using NoraPipelines.Disk;

namespace NoraPipelines.Checkpoints;

/// <summary>
/// The keys of config.json that are read, and those that are known to mean nothing for what a model computes. Files hold keys of every tool
/// that touched them, so another one is told rather than refused.
/// </summary>
internal static class ConfigKeys
{
    private const int MostNamed = 12;

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        // Read (Plan: DecoderConfig, RopeConfig, WindowConfig, EncoderConfig, ClipConfig).
        "add_cross_attention", "architectures", "attention_bias", "attention_probs_dropout_prob", "classifier_dropout", "head_dim", "hidden_act",
        "hidden_activation", "hidden_dropout_prob", "hidden_size", "id2label", "intermediate_size", "is_decoder", "label2id", "layer_norm_eps",
        "layer_types", "max_position_embeddings", "max_window_layers", "mlp_bias", "model_type", "num_attention_heads", "num_hidden_layers",
        "num_key_value_heads", "num_labels", "pad_token_id", "partial_rotary_factor", "position_embedding_type", "quantization_config",
        "projection_dim", "rms_norm_eps", "rope_parameters", "rope_scaling", "rope_theta", "sliding_window", "text_config", "text_config_dict",
        "tie_word_embeddings", "type_vocab_size", "use_sliding_window", "vision_config", "vision_config_dict", "vocab_size",
        // What the tokenizer's reader takes.
        "bos_token_id", "eos_token_id",
        // Without a meaning for the function: the making of the file, the start of a training, defaults of generate, tools' marks.
        "_attn_implementation", "_attn_implementation_autoset", "_name_or_path", "attn_implementation", "chunk_size_feed_forward", "directionality",
        "do_sample", "diversity_penalty", "dtype", "early_stopping", "finetuning_task", "gradient_checkpointing", "initializer_factor", "initializer_range",
        "length_penalty", "logit_scale_init_value", "max_length", "min_length", "num_beam_groups", "num_beams", "num_return_sequences", "output_past", "pooler_fc_size",
        "pooler_num_attention_heads", "pooler_num_fc_layers", "pooler_size_per_head", "pooler_type", "prefix", "pretraining_tp", "problem_type",
        "repetition_penalty", "return_dict", "sep_token_id", "task_specific_params", "temperature", "tokenizer_class", "top_k", "top_p",
        "torch_dtype", "transformers_version", "typical_p", "unsloth_fixed", "unsloth_version", "use_cache",
    };

    private static readonly HashSet<string> RopeKeys = new(StringComparer.Ordinal)
    {
        "factor", "high_freq_factor", "low_freq_factor", "original_max_position_embeddings", "partial_rotary_factor", "rope_theta", "rope_type", "type",
    };

    // Of a tower of CLIP: sizes of pictures beside the rest.
    private static readonly HashSet<string> TowerKeys = new(StringComparer.Ordinal) { "image_size", "num_channels", "patch_size" };

    /// <summary>A sentence about the keys that are on and not known; null: there are none.</summary>
    public static string? Unread(JsonElement config)
    {
        string[] unread = [.. config.EnumerateObject().Where(key => !Known.Contains(key.Name) && JsonFile.IsOn(key.Value)).Select(key => $"{key.Name} ({Text(key.Value)})")];
        unread = [.. unread, .. OfTowers(config), .. OfRope(config)];
        if (unread.Length == 0) return null;
        var more = unread.Length > MostNamed ? $" and {unread.Length - MostNamed} more" : "";
        return $"config.json: not read: {string.Join(", ", unread.Take(MostNamed))}{more}. Where one changes what the model computes, results differ from the publisher's.";
    }

    private static IEnumerable<string> OfTowers(JsonElement config) =>
        from name in (string[])["text_config", "text_config_dict", "vision_config", "vision_config_dict"]
        where config.TryGetProperty(name, out var tower) && tower.ValueKind == JsonValueKind.Object
        from key in config.GetProperty(name).EnumerateObject()
        where !Known.Contains(key.Name) && !TowerKeys.Contains(key.Name) && JsonFile.IsOn(key.Value)
        select $"{name}.{key.Name} ({Text(key.Value)})";

    /// <summary>What the kind of rotary scaling has no use for.</summary>
    private static IEnumerable<string> OfRope(JsonElement config)
    {
        foreach (var name in (string[])["rope_parameters", "rope_scaling"])
        {
            if (!config.TryGetProperty(name, out var rope) || rope.ValueKind != JsonValueKind.Object) continue;
            var kind = (rope.TryGetProperty("rope_type", out var type) || rope.TryGetProperty("type", out type)) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;
            foreach (var key in rope.EnumerateObject().Where(key => !RopeKeys.Contains(key.Name) && JsonFile.IsOn(key.Value))) yield return $"{name}.{key.Name} ({Text(key.Value)})";
            if (kind == "dynamic" && rope.TryGetProperty("original_max_position_embeddings", out var original)
                && config.TryGetProperty("max_position_embeddings", out var positions) && original.GetRawText() != positions.GetRawText())
            {
                yield return $"{name}.original_max_position_embeddings ({Text(original)}): with the kind dynamic max_position_embeddings ({Text(positions)}) counts, as in transformers";
            }
        }
    }

    private static string Text(JsonElement value) => JsonText.Shown(value, 40);
}
